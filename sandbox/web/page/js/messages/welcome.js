// The beginning of a channel: where the reader is, and the shortest way to a video.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { kindOf } from "../discord/kinds.js";
import { trySamples } from "../composer/samples.js";

export function welcome(app) {
  const { store } = app;
  const { channel } = store;
  const isDirect = channel === store.direct;
  const name = isDirect ? "Reelcast" : `#${channel.name}`;
  return h(
    "li",
    { key: "welcome", class: "welcome" },
    h("span", { class: "welcome-mark" }, icon(isDirect ? "film" : kindOf(channel).icon)),
    h("h2", {}, isDirect ? name : `Welcome to ${name}!`),
    h("p", {}, isDirect ? "What the bot writes to you alone." : (channel.topic ?? `This is the start of ${name}.`)),
    isDirect || channel.name !== "videos" ? null : invitation(app),
  );
}

const ABOUT =
  "Everything here is on your machine: a local Discord, a local Segmind, and the real bot between them. " +
  "The money is pretend money.";

function invitation(app) {
  return h(
    "div",
    { class: "invitation" },
    h("p", {}, ABOUT),
    h(
      "button",
      { class: "button primary", type: "button", onclick: () => trySamples(app) },
      icon("spark"),
      "Make a video from sample pictures",
    ),
    h("p", { class: "fine" }, "Or type ", h("kbd", {}, "/"), " below, and drop pictures of your own on the command."),
  );
}
