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
    h("p", {}, isDirect ? "Direct messages from the bot, which only you can see." : (channel.topic ?? `This is the start of ${name}.`)),
    isDirect || channel.name !== "videos" ? null : invitation(app),
  );
}

const ABOUT =
  "Everything here is on your machine: a local Discord, a local Segmind, and the real bot between them. " +
  "No real money is spent.";

function invitation(app) {
  return h(
    "div",
    { class: "invitation" },
    h("p", {}, ABOUT),
    h(
      "button",
      { class: "button primary", type: "button", onclick: () => trySamples(app) },
      icon("spark"),
      "Make a video from sample images",
    ),
    h("p", { class: "fine" }, "Or type ", h("kbd", {}, "/"), " below, and drop your own images on the command."),
  );
}
