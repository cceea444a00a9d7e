// Buttons: pressing one starts an interaction, or leads to an address.

import { h, isWebAddress } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { placeOf } from "../markdown/jump.js";
import { act, keyOf } from "./act.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium" };

export function button(each, message, app) {
  const label = [each.emoji ? h("span", { class: "emoji" }, each.emoji.name) : null, each.label];
  const look = `button ${STYLES[each.style] ?? "secondary"}`;
  if (each.style === 5) return link(each, look, label, app.store);
  const isPending = app.store.pending.has(keyOf(message, each));
  return h(
    "button",
    {
      class: look,
      type: "button",
      key: each.custom_id,
      disabled: Boolean(each.disabled) || each.style === 6,
      "aria-busy": isPending ? "true" : null,
      onclick: () => act(app, message, each),
    },
    label,
  );
}

function link(each, look, label, store) {
  const place = placeOf(each.url, store);
  if (place && !each.disabled) return h("a", { class: look, href: place.href }, label);
  const href = isWebAddress(each.url) && !each.disabled ? each.url : null;
  return h("a", { class: look, href, target: "_blank", rel: "noopener noreferrer" }, label, icon("open"));
}
