// Small controls that stand in many places.

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** Make a button that shows an icon and is named `label` to who cannot see it; `more` are other attributes. */
export function iconButton(label, name, onclick, more = {}) {
  return h("button", { class: "icon-button", type: "button", "aria-label": label, onclick, ...more }, icon(name));
}

/** Make a button that looks like a link. */
export function textButton(label, onclick, more = {}) {
  return h("button", { class: "link", type: "button", onclick, ...more }, label);
}
