// A modal: a form that a command or a button opened, submitted as an interaction of its own.

import { iconButton } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { markdown } from "../markdown/render.js";
import { Refused } from "../discord/client.js";
import { Type } from "../components/component.js";
import { modalField } from "./fields.js";

const FAILED = "Something went wrong. Try again.";

/** Show a modal; returns `{paste, close}`, where `paste` offers files to its first field that takes some. */
export function showModal(app, modal, closed) {
  const fields = [];
  const rows = modal.components.map((component) => row(component, fields, app));
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = h("button", { class: "button primary", type: "submit" }, "Submit");
  const cancel = h("button", { class: "button secondary", type: "button", onclick: () => dialog.close() }, "Cancel");
  const form = h(
    "form",
    { novalidate: true },
    h("div", { class: "modal-fields" }, rows),
    problem,
    h("footer", { class: "modal-foot" }, cancel, submit),
  );
  const dialog = h(
    "dialog",
    { class: "modal", "aria-labelledby": "modal-title" },
    h(
      "header",
      { class: "modal-head" },
      h("h2", { id: "modal-title" }, modal.title),
      iconButton("Close", "close", () => dialog.close()),
    ),
    form,
  );
  form.onsubmit = async (event) => {
    event.preventDefault();
    const wrong = fields.map((field) => ({ field, sentence: field.error() })).filter((each) => each.sentence);
    for (const field of fields) field.tell(field.error());
    if (wrong.length) {
      wrong[0].field.focus();
      return;
    }
    problem.textContent = "";
    form.inert = true;
    submit.setAttribute("aria-busy", "true");
    try {
      const outcome = await send(app, modal, fields);
      if (outcome.succeeded) dialog.close();
      else problem.textContent = FAILED;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.textContent = error.message;
    } finally {
      form.inert = false;
      submit.removeAttribute("aria-busy");
    }
  };
  dialog.onclose = () => {
    dialog.remove();
    closed();
  };
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus();
  return { paste: (files) => fields.some((field) => field.takeFiles?.(files)), close: () => dialog.close() };
}

async function send(app, modal, fields) {
  const files = [];
  const values = {};
  for (const field of fields) {
    const value = field.value();
    if (value === undefined) continue;
    values[field.customId] = field.takeFiles ? value.map((file) => ({ upload: files.push(file) - 1 })) : value;
  }
  return await app.client.interact("modal", { interaction_id: modal.id, values }, files);
}

function row(component, fields, app) {
  if (component.type === Type.TEXT_DISPLAY)
    return h("div", { class: "text md" }, markdown(component.content, app.store));
  const [inner, label, description] =
    component.type === Type.LABEL
      ? [component.component, component.label, component.description]
      : [component.components[0], component.components[0].label, null];
  const field = modalField(inner, app, { label, id: `field-${fields.length}` });
  fields.push(field);
  const isTick = inner.type === Type.CHECKBOX;
  const isRequired = inner.required !== false && !isTick;
  return h(
    "div",
    { class: isTick ? "modal-row tick" : "modal-row" },
    h(
      "label",
      { for: `field-${fields.length - 1}`, id: `field-${fields.length - 1}-label` },
      label,
      isRequired ? h("span", { class: "required", title: "Required" }, " *") : null,
    ),
    description ? h("small", { class: "modal-about" }, description) : null,
    field.element,
    field.problem,
  );
}
