// What holds or parts others: containers and separators.

import { h } from "../lib/dom.js";
import { opensSpoiler } from "../markdown/render.js";

/** Draw a container with its accent colour; one that is a spoiler opens when it is pressed. */
export function container(each, children) {
  const colour = each.accent_color;
  if (each.spoiler) for (const child of children) child.inert = true;
  return h(
    "div",
    {
      class: each.spoiler ? "container spoiler" : "container",
      style: { "--accent": colour === null || colour === undefined ? "var(--line)" : hex(colour) },
      ...(each.spoiler ? opensSpoiler() : {}),
    },
    children,
  );
}

export function separator(each) {
  return h("hr", { class: "separator", "data-spacing": each.spacing, "data-divider": each.divider ? "yes" : "no" });
}

/** Write a colour, a number of 24 bits, as CSS does. */
export function hex(colour) {
  return `#${colour.toString(16).padStart(6, "0")}`;
}
