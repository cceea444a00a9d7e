// Moments as Discord writes them; relative ones count on by themselves.

import { h } from "../lib/dom.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const LATEST = 8.64e12; // seconds: beyond it JavaScript has no dates

const formats = new Map();
const relative = new Intl.RelativeTimeFormat(navigator.language);

/** Write a moment (Unix seconds) in one of Discord's styles, `R` for relative to now. */
export function momentText(at, style, now = Date.now() / 1000) {
  if (Math.abs(at) > LATEST) return "Invalid date";
  if (style === "R") return relativeText(at - now);
  if (!formats.has(style)) formats.set(style, new Intl.DateTimeFormat(navigator.language, STYLES[style] ?? STYLES.f));
  return formats.get(style).format(at * 1000);
}

/** Say how far a moment is, in the largest unit that fits. */
function relativeText(seconds) {
  const distance = Math.abs(Math.round(seconds));
  const [unit, length] = UNITS.find(([, each]) => distance >= each) ?? UNITS.at(-1);
  return relative.format(Math.sign(seconds) * Math.round(distance / length), unit);
}

/** Make the element of a moment; with style `R` it changes as time passes. */
export function timeElement(at, style) {
  const isRelative = style === "R";
  return h(
    "time",
    {
      class: "moment",
      datetime: Math.abs(at) > LATEST ? null : new Date(at * 1000).toISOString(),
      title: momentText(at, "F"),
      "data-at": isRelative ? at : null,
    },
    momentText(at, style),
  );
}

/** Let every relative moment on the page count. */
export function startCounting() {
  setInterval(() => {
    for (const each of document.querySelectorAll("time[data-at]")) {
      const text = momentText(Number(each.dataset.at), "R");
      if (each.textContent !== text) each.firstChild.nodeValue = text;
    }
  }, 1000);
}
