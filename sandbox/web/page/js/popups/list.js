// A list to choose from, beside what opened it: options of a select, of a command, sample pictures.
//
// The keyboard stays in one place (the search field, or the list itself): arrows move, Enter and Space choose, Escape
// and Tab close. Of a list that takes several, what is chosen is handed over when it closes.

import { fill } from "../lib/morph.js";
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { openPopup } from "./popup.js";

let counter = 0;

/** Draw the only row of a list that has nothing to choose from: a listbox takes nothing but options. */
export function emptyRow(words) {
  return h("li", { class: "list-empty", role: "option", "aria-disabled": "true", "aria-selected": "false" }, words);
}

/**
 * Open a list of items `{value, label, description, mark, search}` beside `opener`.
 *
 * `choose` is called with the chosen values when they changed; `least` and `most` say how many may be chosen.
 */
export function openList(opener, { items, chosen = [], least = 1, most = 1, searchable = false, label, choose }) {
  const id = `list-${(counter += 1)}`;
  let values = [...chosen];
  let active = Math.max(
    0,
    items.findIndex((item) => values.includes(item.value)),
  );
  let matching = items;

  const list = h("ul", {
    class: "list",
    id,
    role: "listbox",
    tabindex: searchable ? null : "0",
    "aria-label": label,
  });
  if (most > 1) list.setAttribute("aria-multiselectable", "true");
  const search = searchable
    ? h("input", {
        class: "field",
        type: "search",
        placeholder: "Search",
        role: "combobox",
        "aria-expanded": "true",
        "aria-controls": id,
        "aria-label": `Search: ${label}`,
      })
    : null;
  const hint = most > 1 ? h("div", { class: "list-hint", role: "status" }) : null;
  const popup = openPopup(opener, [search, list, hint], { focus: search ?? list, closed: finish });

  function finish() {
    const same = values.length === chosen.length && values.every((value) => chosen.includes(value));
    if (most > 1 && !same && values.length >= least) choose(values);
  }

  function take(item) {
    if (!item) return;
    if (most === 1) {
      const isUnchosen = least === 0 && values.includes(item.value);
      popup.close();
      choose(isUnchosen ? [] : [item.value]);
      return;
    }
    if (values.includes(item.value)) values = values.filter((value) => value !== item.value);
    else if (values.length < most) values = [...values, item.value];
    draw();
  }

  function draw() {
    fill(list, matching.length ? matching.map(option) : [emptyRow("Nothing found")]);
    if (matching.length) (search ?? list).setAttribute("aria-activedescendant", `${id}-${active}`);
    else (search ?? list).removeAttribute("aria-activedescendant");
    if (hint) hint.textContent = `${values.length} of ${least === most ? most : `${least} to ${most}`} chosen`;
    list.querySelector(".active")?.scrollIntoView({ block: "nearest" });
    popup.place();
  }

  function option(item, number) {
    const isChosen = values.includes(item.value);
    return h(
      "li",
      {
        id: `${id}-${number}`,
        class: number === active ? "active" : null,
        role: "option",
        "aria-selected": String(isChosen),
        onclick: () => take(item),
      },
      item.mark ? h("span", { class: "list-mark" }, item.mark()) : null,
      h("span", { class: "list-label" }, item.label, item.description ? h("small", {}, item.description) : null),
      most > 1 ? h("span", { class: isChosen ? "box checked" : "box" }, isChosen ? icon("check") : null) : null,
    );
  }

  function move(step) {
    active = (active + step + matching.length) % Math.max(matching.length, 1);
    draw();
  }

  popup.element.onkeydown = (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) move(moves[event.key]);
    else if (event.key === "Enter" || (event.key === " " && !search)) take(matching[active]);
    else if (event.key === "Tab") popup.close();
    else return;
    if (event.key !== "Tab") event.preventDefault();
  };
  if (search) {
    search.oninput = () => {
      const wanted = search.value.trim().toLowerCase();
      matching = items.filter((item) =>
        `${item.label} ${item.description ?? ""} ${item.search ?? ""}`.toLowerCase().includes(wanted),
      );
      active = 0;
      draw();
    };
  }
  draw();
}
