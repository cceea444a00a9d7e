// A box above everything else, beside what opened it. One is open at a time; a press elsewhere or Escape closes it.

import { h } from "../lib/dom.js";

const GAP = 6; // pixels
const MARGIN = 8; // pixels to the window's edges

let current = null;

/**
 * Open a box with children beside `opener`; returns `{element, place, close}`.
 *
 * `focus` is the element that takes the keyboard, which goes back to `opener` at the end; without it the keyboard
 * stays. `control` is the button or field that the box belongs to. `closed` is called once. `side` says where the box stands: `auto` below or above, `above`.
 */
export function openPopup(
  opener,
  children,
  { focus = null, closed = () => {}, side = "auto", className = "", width = null, control = opener } = {},
) {
  current?.close();
  const element = h("div", { class: `popup ${className}` }, children);
  element.popover = "manual";
  (opener.closest("dialog") ?? document.body).append(element); // what is outside an open dialog cannot be used
  element.showPopover();
  const expands = (open) => {
    if (control.matches("button, [role=combobox]")) control.setAttribute("aria-expanded", String(open));
  };
  expands(true);

  const place = () => {
    const box = opener.getBoundingClientRect();
    const wide = Math.min(width ?? Math.max(box.width, 240), innerWidth - 2 * MARGIN);
    element.style.setProperty("width", `${wide}px`);
    const below = innerHeight - box.bottom - GAP - MARGIN;
    const above = box.top - GAP - MARGIN;
    const isAbove = side === "above" || (below < Math.min(element.scrollHeight, 320) && above > below);
    element.style.setProperty("max-height", `${Math.max(isAbove ? above : below, 120)}px`);
    element.style.setProperty("left", `${Math.max(MARGIN, Math.min(box.left, innerWidth - wide - MARGIN))}px`);
    if (isAbove) element.style.setProperty("bottom", `${innerHeight - box.top + GAP}px`);
    else element.style.setProperty("top", `${box.bottom + GAP}px`);
    element.style.setProperty(isAbove ? "top" : "bottom", "auto");
  };

  const onPress = (event) => {
    if (!element.contains(event.target) && !opener.contains(event.target)) close();
  };
  const onKey = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation(); // a dialog below stays open
    close();
  };
  const onBlur = (event) => {
    if (focus && event.relatedTarget && !element.contains(event.relatedTarget)) close({ refocus: false });
  };

  // The keyboard stays where it is: within a dialog, a press on what takes no focus would move it to the dialog.
  element.onmousedown = (event) => {
    if (focus && !event.target.closest("input, textarea")) event.preventDefault();
  };

  function close({ refocus = true } = {}) {
    if (current?.element !== element) return;
    current = null;
    document.removeEventListener("pointerdown", onPress, true);
    document.removeEventListener("keydown", onKey, true);
    removeEventListener("resize", place);
    element.removeEventListener("focusout", onBlur);
    expands(false);
    element.remove();
    if (focus && refocus && opener.isConnected) opener.focus();
    closed();
  }

  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("keydown", onKey, true);
  addEventListener("resize", place);
  element.addEventListener("focusout", onBlur);
  current = { element, close };
  place();
  focus?.focus();
  return { element, place, close };
}

export function closePopup() {
  current?.close({ refocus: false });
}
