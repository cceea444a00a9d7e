// A slash command being filled in: the required options at once, the optional ones when they are asked for.

import { iconButton } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { fill } from "../lib/morph.js";
import { Refused } from "../discord/client.js";
import { openMenu } from "../popups/menu.js";
import { runCommand, SLASH } from "./commands.js";
import { FileField } from "./file-field.js";
import { ATTACHMENT, optionField } from "./option-field.js";

export class CommandForm {
  element;
  #app;
  #command;
  #close;
  #fields = new Map();
  #files = h("div", { class: "option-files" });
  #adder;
  #pills = h("div", { class: "option-pills" });
  #problem = h("p", { class: "problem", role: "alert" });
  #help = h("p", { class: "option-help" });

  /** Fill in `command`, beginning with `values` by option; `close` is called when it was sent or given up. */
  constructor(app, command, values, close) {
    [this.#app, this.#command, this.#close] = [app, command, close];
    this.more = h("button", {
      class: "more-options",
      type: "button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: () => this.#offer(),
    });
    const name = h("span", { class: "command-chip" }, `/${command.label}`);
    const send = iconButton(`Send /${command.label}`, "send", null, { class: "icon-button send", type: "submit" });
    const cancel = iconButton("Cancel the command", "close", () => close());
    this.#adder = new FileField({
      label: `/${command.label}`,
      most: 1,
      take: (files) => this.takeFiles(files),
    });
    this.#adder.element.classList.add("adder");
    this.element = h(
      "form",
      { class: "command-form", "aria-label": `/${command.label}`, novalidate: true },
      h("div", { class: "command-head" }, name, h("span", { class: "command-about" }, command.description), cancel),
      this.#files,
      h("div", { class: "command-line" }, this.#pills, this.more, send),
      this.#help,
      this.#problem,
    );
    this.element.onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
    this.element.onkeydown = (event) => this.#key(event);
    this.element.addEventListener("focusin", ({ target }) => this.#explain(target));
    for (const option of command.options) {
      if (option.name in values) this.#add(option).set(values[option.name]);
      else if (option.required) this.#add(option);
    }
    this.#draw();
  }

  focus() {
    const field = [...this.#fields.values()].find((each) => each.error()) ?? [...this.#fields.values()][0];
    if (field) field.focus();
    else this.element.querySelector(".send").focus();
  }

  /**
   * Take one file, as Discord does however many are dropped: for the option that has the keyboard, else for the first
   * that is empty.
   */
  takeFiles(files) {
    const options = this.#command.options.filter((each) => each.type === ATTACHMENT);
    const focused = document.activeElement?.closest("[data-option]")?.dataset.option;
    const option =
      options.find(({ name }) => name === focused && this.element.contains(document.activeElement)) ??
      options.find(({ name }) => !this.#fields.get(name)?.value());
    const left = option ? files.slice(1) : files;
    if (option) (this.#fields.get(option.name) ?? this.#add(option)).set(files[0]);
    this.#draw();
    const names = left.map((each) => each.name).join(", ");
    this.#problem.textContent = names ? `A command takes one file at a time. Left out: ${names}.` : "";
  }

  #add(option) {
    const remove = () => {
      this.#fields.delete(option.name);
      this.#draw();
      this.more.focus();
    };
    const field = optionField(option, this.#app, {
      complete: (each, typed) => this.#complete(each, typed),
      remove: option.required ? null : remove,
      changed: () => (this.#problem.textContent = ""),
    });
    this.#fields.set(option.name, field);
    return field;
  }

  #draw() {
    const shown = this.#command.options.map((option) => this.#fields.get(option.name)).filter(Boolean);
    const isFile = (field) => field.option.type === ATTACHMENT;
    const takesMore = this.#hidden().some((option) => option.type === ATTACHMENT);
    place(this.#files, [...shown.filter(isFile), ...(takesMore ? [this.#adder] : [])]);
    place(
      this.#pills,
      shown.filter((field) => !isFile(field)),
    );
    const hidden = this.#hidden();
    this.more.hidden = !hidden.length;
    this.more.textContent = `+${hidden.length} optional`;
  }

  #hidden() {
    return this.#command.options.filter((option) => !this.#fields.has(option.name));
  }

  #offer() {
    openMenu(
      this.more,
      "Optional",
      this.#hidden().map((option) => ({
        label: option.label,
        run: () => {
          const field = this.#add(option);
          this.#draw();
          field.focus();
        },
      })),
    );
  }

  #explain(target) {
    const name = target.closest("[data-option]")?.dataset.option;
    const option = this.#command.options.find((each) => each.name === name);
    fill(
      this.#help,
      option ? [h("strong", {}, option.label), document.createTextNode(` ${option.description}`)] : [],
    );
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#close();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("textarea")) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Backspace" && event.target.matches("textarea") && !event.target.value) {
      const remove = event.target.closest(".option-pill").querySelector(".option-remove");
      if (remove) remove.click();
    }
  }

  async #complete(option, typed) {
    const options = Object.fromEntries(
      this.#entries().filter(([name]) => this.#fields.get(name).option.type !== ATTACHMENT),
    );
    const payload = { channel_id: this.#app.store.channel.id, name: this.#command.name, focused: option.name };
    const outcome = await this.#app.client.interact("autocomplete", {
      ...payload,
      options: { ...options, [option.name]: typed },
    });
    return outcome.choices ?? [];
  }

  #entries() {
    return [...this.#fields].map(([name, field]) => [name, field.value()]).filter(([, value]) => value !== undefined);
  }

  async #send() {
    const wrong = [...this.#fields.values()].find((field) => field.error());
    if (wrong) {
      this.#problem.textContent = wrong.error();
      wrong.focus();
      return;
    }
    const files = [];
    const options = Object.fromEntries(
      this.#entries().map(([name, value]) => [
        name,
        value instanceof File ? { upload: files.push(value) - 1 } : value,
      ]),
    );
    this.element.inert = true;
    try {
      await runCommand(
        this.#app,
        { kind: SLASH, name: this.#command.name, options },
        { label: `/${this.#command.label}`, files, sent: this.#close },
      );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.element.inert = false;
      this.#problem.textContent = error.message;
    }
  }
}

/** Show fields in their order without touching those that stand right, so that the keyboard stays where it is. */
function place(parent, fields) {
  const wanted = fields.map((field) => field.element);
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((element, number) => {
    if (parent.children[number] !== element) parent.insertBefore(element, parent.children[number] ?? null);
  });
  parent.hidden = !wanted.length;
}
