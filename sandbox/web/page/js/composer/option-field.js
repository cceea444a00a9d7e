// One option of a slash command as a pill with a field in it, by the option's type.

import { iconButton } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { fill } from "../lib/morph.js";
import { Refused } from "../discord/client.js";
import { channelItems, memberItems, roleItems } from "../components/select.js";
import { openList } from "../popups/list.js";
import { Suggestions } from "../popups/suggest.js";
import { FileField } from "./file-field.js";
import { Mentions } from "./mentions.js";

export const ATTACHMENT = 11;
const [STRING, INTEGER, BOOLEAN, MEMBER, CHANNEL, ROLE, MENTIONABLE, NUMBER] = [3, 4, 5, 6, 7, 8, 9, 10];
const TYPING_PAUSE = 150; // milliseconds before choices are asked for

/**
 * Make the field of an option: `{option, element, value, set, focus, error}`.
 *
 * `value()` gives undefined while nothing is filled in; `complete(text)` asks the app for choices; `remove` is there
 * for optional ones.
 */
export function optionField(option, app, { complete, remove, changed }) {
  if (option.type === ATTACHMENT) return fileOption(option, { remove, changed });
  const items = itemsOf(option, app.store);
  const more = { complete, remove, changed, store: app.store };
  return items ? listOption(option, items, more) : textOption(option, more);
}

/** Return what an option offers to choose from, or null where it is typed. */
function itemsOf(option, store) {
  if (option.choices?.length) return option.choices.map(({ value, label }) => ({ value, label }));
  switch (option.type) {
    case BOOLEAN:
      return [
        { value: true, label: "True" },
        { value: false, label: "False" },
      ];
    case MEMBER:
      return memberItems(store);
    case CHANNEL:
      return channelItems(store, option.channel_types);
    case ROLE:
      return roleItems(store);
    case MENTIONABLE:
      return [...memberItems(store), ...roleItems(store)];
    default:
      return null;
  }
}

function shell(option, field, remove) {
  return h(
    "div",
    {
      class: option.type === ATTACHMENT ? "option-pill file" : "option-pill",
      "data-option": option.name,
      title: option.description,
    },
    h(
      "label",
      { class: "option-name", for: field.id || null },
      option.label,
      option.required ? h("span", { class: "required", "aria-hidden": "true" }, " *") : null,
    ),
    field,
    remove ? iconButton(`Remove ${option.label}`, "close", remove, { class: "icon-button option-remove" }) : null,
  );
}

function fileOption(option, { remove, changed }) {
  const id = `option-${option.name}`;
  const files = new FileField({ label: option.label, most: 1, id, changed, types: option.file_types });
  return {
    option,
    element: shell(option, files.element, remove),
    files,
    value: () => files.files[0],
    set: (file) => files.add([file]),
    focus: () => files.focusTarget.focus(),
    error: () => (option.required && !files.files.length ? `Add a file for ${option.label}.` : null),
  };
}

function listOption(option, items, { remove, changed }) {
  let chosen;
  const opener = h("button", {
    class: "option-value",
    type: "button",
    id: `option-${option.name}`,
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
  });
  const draw = () => {
    const item = items.find((each) => each.value === chosen);
    fill(
      opener,
      item
        ? [item.mark?.(), item.label].filter(Boolean).map(asNode)
        : [h("span", { class: "select-placeholder" }, "Choose")],
    );
  };
  const open = () =>
    openList(opener, {
      items,
      chosen: chosen === undefined ? [] : [chosen],
      searchable: items.length > 10 || ![STRING, INTEGER, NUMBER, BOOLEAN].includes(option.type),
      label: option.label,
      choose: ([value]) => {
        chosen = value;
        draw();
        changed();
      },
    });
  opener.onclick = open;
  draw();
  return {
    option,
    element: shell(option, opener, remove),
    value: () => chosen,
    set: (value) => {
      chosen = value;
      draw();
    },
    focus: () => {
      opener.focus();
      open();
    },
    error: () => (option.required && chosen === undefined ? `Choose a value for ${option.label}.` : null),
  };
}

const asNode = (each) => (typeof each === "string" ? document.createTextNode(each) : each);

function textOption(option, { complete, remove, changed, store }) {
  const input = h("textarea", {
    class: "option-value",
    id: `option-${option.name}`,
    rows: "1",
    maxlength: option.max_length,
    inputmode: option.type === STRING ? null : "decimal",
    spellcheck: option.type === STRING ? null : "false",
  });
  let picked = null; // the choice that was taken: its value stands for its name
  const suggestions = new Suggestions(input, {
    label: option.label,
    choose: (item) => {
      input.value = item.label;
      picked = item;
      changed();
    },
  });
  const suggest = pausing(async () => {
    const choices = await complete(option, input.value).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      return null;
    });
    if (choices && document.activeElement === input)
      suggestions.show(choices.map((each) => ({ label: each.name, value: each.value })));
  });
  const mentions = option.type === STRING && !option.autocomplete ? new Mentions(input, store) : null;
  input.oninput = () => {
    picked = null;
    changed();
    if (option.autocomplete) suggest();
    mentions?.suggest();
  };
  input.onfocus = () => option.autocomplete && suggest();
  input.onblur = () => {
    suggestions.hide();
    mentions?.hide();
  };
  input.addEventListener("keydown", (event) => {
    if (suggestions.take(event) || mentions?.take(event)) event.stopPropagation();
  });
  return {
    option,
    element: shell(option, input, remove),
    value: () => (picked ? picked.value : read(option, mentions?.sent() ?? input.value)),
    set: (value) => {
      input.value = value;
    },
    focus: () => input.focus(),
    error: () => wrong(option, input.value, picked),
  };
}

function read(option, typed) {
  if (typed === "") return undefined;
  return option.type === STRING ? typed : Number(typed);
}

/** Say what is wrong with what was typed, or return null. */
function wrong(option, typed, picked) {
  if (!typed) return option.required ? `Fill in ${option.label}.` : null;
  if (option.type === STRING) {
    const isShort = option.min_length && typed.length < option.min_length;
    return isShort ? `${option.label} must have at least ${option.min_length} characters.` : null;
  }
  const number = picked ? picked.value : Number(typed);
  if (Number.isNaN(number)) return `${option.label} must be a number.`;
  if (option.type === INTEGER && !Number.isInteger(number)) return `${option.label} must be a whole number.`;
  if (number < option.min_value) return `${option.label} must be at least ${option.min_value}.`;
  return number > option.max_value ? `${option.label} must be at most ${option.max_value}.` : null;
}

function pausing(run) {
  let timer = null;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, TYPING_PAUSE);
  };
}
