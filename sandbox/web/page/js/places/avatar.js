// Pictures of people: their first letter on a colour of their own.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

const COLOURS = ["#c2557a", "#3d8b6d", "#b0682b", "#4a6fc9", "#8a5bb5", "#2c8a99", "#a8503f", "#6d7d2e"];

export function avatar(user, size = "", status = null) {
  const name = user.global_name ?? user.username;
  const colour = user.bot ? "var(--brand)" : COLOURS[hash(user.username) % COLOURS.length];
  return h(
    "span",
    { class: `avatar ${size}`, style: { "--colour": colour }, "aria-hidden": "true" },
    user.bot ? icon("film") : name[0].toUpperCase(),
    status ? h("span", { class: `status ${status}` }) : null,
  );
}

function hash(text) {
  let sum = 7;
  for (const each of text) sum = (sum * 31 + each.codePointAt(0)) >>> 0;
  return sum;
}
