// The fields of a modal, by component type.
//
// Each is `{element, customId, value, error, tell, focus, problem}`, and `takeFiles` where it takes files.

import { h } from "../lib/dom.js";
import { fill } from "../lib/morph.js";
import { FileField } from "../composer/file-field.js";
import { defaultsOf, selectButton } from "../components/select.js";

const MOST_TEXT = 4000; // characters
const [TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX] = [4, 19, 21, 22, 23];
const PARAGRAPH = 2;

export function modalField(component, app, { label, id }) {
  const make = {
    [TEXT_INPUT]: text,
    [FILE_UPLOAD]: upload,
    [RADIO_GROUP]: radios,
    [CHECKBOX_GROUP]: checkboxes,
    [CHECKBOX]: checkbox,
  };
  const made = (make[component.type] ?? select)(component, { app, label, id });
  const problem = h("p", { class: "problem", role: "alert" });
  const tell = (sentence) => {
    problem.textContent = sentence ?? "";
    made.element.classList.toggle("invalid", Boolean(sentence));
  };
  return { ...made, customId: component.custom_id, problem, tell };
}

function text(component, { id }) {
  const most = component.max_length ?? MOST_TEXT;
  const isLong = component.style === PARAGRAPH;
  const shared = {
    class: "field",
    id,
    value: component.value ?? "",
    placeholder: component.placeholder,
    maxlength: most,
  };
  const input = isLong ? h("textarea", { ...shared, rows: "5" }) : h("input", { ...shared, type: "text" });
  const count = h("small", { class: "count", "aria-hidden": "true" });
  const draw = () => (count.textContent = most - input.value.length);
  input.oninput = draw;
  draw();
  const least = component.min_length ?? 0;
  return {
    element: h("div", { class: "text-field" }, input, count),
    value: () => input.value,
    focus: () => input.focus(),
    error: () => {
      if (!input.value) return component.required === false ? null : "This field is required.";
      return input.value.length < least ? `Must be at least ${least} characters.` : null;
    },
  };
}

function upload(component, { label, id }) {
  const most = component.max_values ?? 1;
  const required = component.required !== false;
  const least = component.min_values ?? 1;
  const field = new FileField({ label, most, id, types: component.file_types });
  return {
    element: field.element,
    value: () => field.files,
    focus: () => field.focusTarget.focus(),
    takeFiles: (files) => !field.isFull && (field.add(files), true),
    error: () => {
      const count = field.files.length;
      if (!count && !required) return null;
      return count < least ? `Add at least ${least} ${least === 1 ? "file" : "files"}.` : null;
    },
  };
}

function radios(component, { id }) {
  const inputs = component.options.map((option, number) =>
    h("input", {
      type: "radio",
      name: id,
      id: number ? `${id}-${number}` : id,
      value: option.value,
      checked: Boolean(option.default),
    }),
  );
  const chosen = () => inputs.find((input) => input.checked)?.value;
  return {
    element: h(
      "div",
      { class: "choices", role: "radiogroup", "aria-labelledby": `${id}-label` },
      component.options.map((option, number) => choice(option, inputs[number])),
    ),
    value: chosen,
    focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus(),
    error: () => (component.required !== false && chosen() === undefined ? "Choose one." : null),
  };
}

function checkboxes(component, { id }) {
  const inputs = component.options.map((option, number) =>
    h("input", {
      type: "checkbox",
      id: number ? `${id}-${number}` : id,
      value: option.value,
      checked: Boolean(option.default),
    }),
  );
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  const least = component.min_values ?? (component.required === false ? 0 : 1);
  const most = component.max_values ?? inputs.length;
  return {
    element: h(
      "div",
      { class: "choices", role: "group", "aria-labelledby": `${id}-label` },
      component.options.map((option, number) => choice(option, inputs[number])),
    ),
    value: chosen,
    focus: () => inputs[0].focus(),
    error: () =>
      chosen().length < least || chosen().length > most
        ? `Choose ${least === most ? least : `${least} to ${most}`}.`
        : null,
  };
}

function checkbox(component, { id }) {
  const input = h("input", { type: "checkbox", id, checked: Boolean(component.default) });
  return {
    element: h("div", { class: "choices" }, input),
    value: () => input.checked,
    focus: () => input.focus(),
    error: () => null,
  };
}

function choice(option, input) {
  return h(
    "label",
    { class: "choice" },
    input,
    h("span", {}, option.label, option.description ? h("small", {}, option.description) : null),
  );
}

function select(component, { app, id }) {
  let values = defaultsOf(component);
  const element = h("div", {});
  const draw = () => {
    const change = (chosen) => {
      values = chosen;
      draw();
    };
    fill(element, [selectButton(component, app, { values, change, id })]);
  };
  draw();
  const least = component.required === false ? 0 : (component.min_values ?? 1);
  return {
    element,
    value: () => values,
    focus: () => element.firstChild.focus(),
    error: () => (values.length < least ? "Make a selection." : null),
  };
}
