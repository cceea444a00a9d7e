// Draws any component of a message, of the first kind (rows) or the second (layouts).
// https://docs.discord.com/developers/components/reference

import { h } from "../lib/dom.js";
import { markdown } from "../markdown/render.js";
import { button } from "./button.js";
import { container, separator } from "./frame.js";
import { fileCard } from "../messages/files.js";
import { gallery, thumbnail } from "./media.js";
import { messageSelect } from "./select.js";

export const Type = {
  ACTION_ROW: 1,
  BUTTON: 2,
  STRING_SELECT: 3,
  TEXT_INPUT: 4,
  USER_SELECT: 5,
  ROLE_SELECT: 6,
  MENTIONABLE_SELECT: 7,
  CHANNEL_SELECT: 8,
  SECTION: 9,
  TEXT_DISPLAY: 10,
  THUMBNAIL: 11,
  MEDIA_GALLERY: 12,
  FILE: 13,
  SEPARATOR: 14,
  CONTAINER: 17,
  LABEL: 18,
  FILE_UPLOAD: 19,
  RADIO_GROUP: 21,
  CHECKBOX_GROUP: 22,
  CHECKBOX: 23,
};

const DRAW = {
  [Type.ACTION_ROW]: (row, message, app) => h("div", { class: "row" }, components(row.components, message, app)),
  [Type.BUTTON]: button,
  [Type.STRING_SELECT]: messageSelect,
  [Type.USER_SELECT]: messageSelect,
  [Type.ROLE_SELECT]: messageSelect,
  [Type.MENTIONABLE_SELECT]: messageSelect,
  [Type.CHANNEL_SELECT]: messageSelect,
  [Type.SECTION]: (section, message, app) =>
    h(
      "div",
      { class: "section" },
      h("div", { class: "section-text" }, components(section.components, message, app)),
      h("div", { class: "accessory" }, component(section.accessory, message, app)),
    ),
  [Type.TEXT_DISPLAY]: (text, _message, app) => h("div", { class: "text md" }, markdown(text.content, app.store)),
  [Type.THUMBNAIL]: thumbnail,
  [Type.MEDIA_GALLERY]: gallery,
  [Type.FILE]: (file) => fileCard({ ...file.file, filename: file.name, size: file.size }),
  [Type.SEPARATOR]: separator,
  [Type.CONTAINER]: (each, message, app) => container(each, components(each.components, message, app)),
};

/** Draw components in their order; each has a key, so that a button keeps the keyboard when others come or go. */
export function components(list, message, app) {
  const counts = new Map();
  return (list ?? []).map((each) => {
    const drawn = component(each, message, app);
    const count = counts.get(each.type) ?? 0;
    counts.set(each.type, count + 1);
    if (!drawn.hasAttribute("key")) drawn.setAttribute("key", `${each.type} ${count}`);
    return drawn;
  });
}

function component(each, message, app) {
  const draw = DRAW[each.type];
  return draw ? draw(each, message, app) : h("div", { class: "unknown" }, `A component of type ${each.type}`);
}
