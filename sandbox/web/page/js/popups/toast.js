// A sentence that goes by itself, for what has no better place.

import { byId, h } from "../lib/dom.js";

const SHOWN = 7_000; // milliseconds

export function toast(sentence) {
  const made = h("div", { class: "toast" }, sentence);
  made.onclick = () => made.remove();
  byId("toasts").append(made);
  setTimeout(() => made.remove(), SHOWN);
}
