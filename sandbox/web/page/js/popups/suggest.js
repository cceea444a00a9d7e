// Suggestions below a text field, which keeps the keyboard: commands after a slash, choices that a command completes.

import { h } from "../lib/dom.js";
import { fill } from "../lib/morph.js";
import { emptyRow } from "./list.js";
import { openPopup } from "./popup.js";

let counter = 0;

export class Suggestions {
  #input;
  #opener;
  #label;
  #choose;
  #id = `suggest-${(counter += 1)}`;
  #list = null;
  #popup = null;
  #items = [];
  #active = 0;

  /** Suggest for `input`, above `opener`; `choose` takes the item that is chosen. */
  constructor(input, { opener = input, label, choose }) {
    [this.#input, this.#opener, this.#label, this.#choose] = [input, opener, label, choose];
    input.setAttribute("autocomplete", "off");
    input.setAttribute("aria-autocomplete", "list");
  }

  /** Show items `{label, description, mark, reason}`; one with a reason cannot be chosen, and says why. */
  show(items, nothing = "Nothing found") {
    this.#items = items;
    this.#active = 0;
    if (!this.#popup) this.#open();
    fill(
      this.#list,
      items.length
        ? items.map((item, number) => this.#row(item, number))
        : [emptyRow(nothing)],
    );
    this.#mark();
    this.#popup.place();
  }

  hide() {
    this.#popup?.close();
  }

  /** Take a key of the input; tells whether it was for the list. */
  take(event) {
    if (!this.#popup || !this.#items.length || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#active = (this.#active + step + this.#items.length) % this.#items.length;
      this.#mark();
    } else if (event.key === "Enter" || event.key === "Tab") this.#pick(this.#items[this.#active]);
    else return false;
    event.preventDefault();
    return true;
  }

  #open() {
    this.#list = h("ul", { class: "list suggest", id: this.#id, role: "listbox", "aria-label": this.#label });
    this.#list.onmousedown = (event) => event.preventDefault(); // the keyboard stays in the field
    this.#input.setAttribute("aria-controls", this.#id);
    this.#popup = openPopup(this.#opener, [this.#list], {
      side: "above",
      className: "suggest-popup",
      control: this.#input,
      closed: () => {
        this.#popup = null;
        for (const name of ["aria-activedescendant", "aria-controls"]) this.#input.removeAttribute(name);
      },
    });
  }

  #row(item, number) {
    return h(
      "li",
      {
        id: `${this.#id}-${number}`,
        role: "option",
        "aria-selected": "false",
        "aria-disabled": item.reason ? "true" : null,
        onclick: () => this.#pick(item),
      },
      item.mark ? h("span", { class: "list-mark" }, item.mark()) : null,
      h("span", { class: "list-label" }, item.label, h("small", {}, item.reason ?? item.description ?? "")),
    );
  }

  #mark() {
    [...this.#list.children].forEach((row, number) => {
      if (!this.#items.length) return;
      row.classList.toggle("active", number === this.#active);
      row.setAttribute("aria-selected", String(number === this.#active));
    });
    const row = this.#list.children[this.#active];
    row?.scrollIntoView({ block: "nearest" });
    if (row?.id) this.#input.setAttribute("aria-activedescendant", row.id);
  }

  #pick(item) {
    if (!item || item.reason) return;
    this.hide();
    this.#choose(item);
  }
}
