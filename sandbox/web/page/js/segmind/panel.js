// The local Segmind beside the channel: what it was asked, what it costs, and switches for what can go wrong.

import { h } from "../lib/dom.js";
import { send } from "../discord/client.js";
import { toast } from "../popups/toast.js";
import { ANSWERS, answersOf, ENDINGS, SPEEDS } from "./faults.js";
import { requestRow } from "./requests.js";

const SHOWN = 20; // requests
const SKIP = 600; // seconds: longer than any generation takes
const TYPICAL_RUN = 194; // seconds

export function segmindPanel(app) {
  const state = app.store.segmind;
  const title = h("h2", { key: "title", class: "panel-title" }, "Local Segmind");
  if (state === undefined) return [title];
  if (state === null)
    return [title, h("p", { key: "away", class: "fine" }, "No local Segmind is running with this Discord.")];
  return [
    title,
    account(state),
    time(state),
    switches("New generations end", "endings", ENDINGS, state.settings.runs_end, (value) =>
      steer("settings", { runs_end: value }),
    ),
    switches("Answers are", "answers", ANSWERS, answersOf(state.faults), (value) =>
      steer("faults", ANSWERS[value].faults),
    ),
    requests(state),
  ];
}

async function steer(action, wish) {
  await send(`/segmind/${action}`, JSON.stringify(wish)).catch((error) => toast(error.message));
}

function account(state) {
  const limit = state.settings.requests_per_minute;
  return h(
    "dl",
    { key: "account", class: "facts" },
    fact(
      "Requests this minute",
      `${state.this_minute} of ${limit}`,
      h("meter", { min: 0, max: limit, value: state.this_minute, "aria-label": "Requests this minute" }),
    ),
    fact("Charged", `$${state.charged_usd.toFixed(2)} in ${state.charges} ${state.charges === 1 ? "generation" : "generations"}`),
    fact("Credits", `$${state.credits.toFixed(2)}`),
    state.too_many_requests ? fact("Rejected with 429", String(state.too_many_requests)) : null,
  );
}

function fact(name, value, more = null) {
  return h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, value), more ? h("dd", { class: "wide" }, more) : null);
}

function time(state) {
  const { speed } = state.settings;
  const options = Object.fromEntries(SPEEDS.map((each) => [each, { label: `${each}×` }]));
  const run = TYPICAL_RUN / speed;
  return h(
    "div",
    { key: "time", class: "panel-group" },
    switches("Speed", "speed", options, String(speed), (value) => steer("settings", { speed: Number(value) })),
    h(
      "p",
      { class: "fine" },
      `A generation of ${TYPICAL_RUN} s takes about ${run < 10 ? run.toFixed(1) : Math.round(run)} s.`,
    ),
    h(
      "button",
      { class: "button secondary small", type: "button", onclick: () => steer("clock", { seconds: SKIP }) },
      "Skip to the end",
    ),
  );
}

/** Draw a row of switches, one of which is on. */
function switches(title, name, options, chosen, choose) {
  return h(
    "fieldset",
    { key: name, class: "switches" },
    h("legend", {}, title),
    Object.entries(options).map(([value, { label, about }]) =>
      h(
        "label",
        { key: value, class: "switch", title: about },
        h("input", { type: "radio", name, value, checked: value === chosen, onchange: () => choose(value) }),
        h("span", {}, label),
      ),
    ),
  );
}

function requests(state) {
  const newest = state.requests.toReversed().slice(0, SHOWN);
  return h(
    "div",
    { key: "requests", class: "panel-group" },
    h("h3", { class: "small-title" }, `Requests — ${state.requests.length}`),
    newest.length
      ? h("ol", { class: "requests" }, newest.map(requestRow))
      : h("p", { class: "fine" }, "No requests yet."),
  );
}
