// A menu of things to do: arrows move, Enter does, Escape closes.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { openPopup } from "./popup.js";

/**
 * Open a menu beside `opener`, of entries `{label, icon, danger, reason, run}`, `{title}` or `{node}`.
 *
 * An entry with a `reason` cannot be used, and says why.
 */
export function openMenu(opener, label, entries) {
  const list = h("ul", { class: "menu", role: "menu", "aria-label": label }, entries.filter(Boolean).map(row));
  const popup = openPopup(opener, [list], { focus: list, width: 240, className: "menu-popup" });
  const buttons = [...list.querySelectorAll("button:not([aria-disabled])")];
  (buttons[0] ?? list).focus();

  function row(entry) {
    if (entry.node) return h("li", { role: "none" }, entry.node);
    if (entry.title) return h("li", { class: "menu-title", role: "presentation" }, entry.title);
    const run = () => {
      if (entry.reason) return;
      popup.close();
      entry.run();
    };
    return h(
      "li",
      { role: "none" },
      h(
        "button",
        {
          type: "button",
          role: "menuitem",
          class: entry.danger ? "danger" : null,
          tabindex: "-1",
          "aria-disabled": entry.reason ? "true" : null,
          onclick: run,
        },
        h("span", { class: "menu-label" }, entry.label, entry.reason ? h("small", {}, entry.reason) : null),
        entry.icon ? icon(entry.icon) : null,
      ),
    );
  }

  /** Go to the next entry that begins with a letter. */
  function toLetter(letter, at) {
    const order = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
    order.find((each) => each.textContent.trim().toLowerCase().startsWith(letter))?.focus();
  }

  list.onkeydown = (event) => {
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === "Tab") popup.close();
    if (next === undefined && /^\S$/.test(event.key)) toLetter(event.key.toLowerCase(), at);
    if (next === undefined || !buttons.length) return;
    event.preventDefault();
    buttons[(next + buttons.length) % buttons.length].focus();
  };
}
