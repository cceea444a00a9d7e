// A field that takes files: dropped, pasted, chosen, or a sample. Chosen files show with a preview and can go again.

import { iconButton, textButton } from "../lib/controls.js";
import { bytes, h } from "../lib/dom.js";
import { fill } from "../lib/morph.js";
import { icon } from "../lib/icons.js";
import { openSamples } from "./samples.js";

const EXTENSIONS = {
  image: [".png", ".jpg", ".jpeg", ".gif", ".webp"],
  video: [".mp4", ".mov", ".webm"],
  audio: [".mp3", ".ogg", ".wav", ".flac", ".m4a"],
};

export class FileField {
  files = [];
  element;
  #most;
  #label;
  #changed;
  #take;
  #types;
  #input;
  #previews = new Map();

  /**
   * Take up to `most` files; `label` names the field to who cannot see it, `changed` is told.
   *
   * With `take` the field keeps nothing: whatever comes is handed on. `types` are the files that can be chosen; what is
   * none of them is left out, as in Discord by its extension alone.
   */
  constructor({ label, most, id = null, samples = true, changed = () => {}, take = null, types = [] }) {
    [this.#most, this.#label, this.#changed, this.#take, this.#types] = [most, label, changed, take, types];
    this.#input = h("input", {
      type: "file",
      accept: types.length ? extensionsOf(types).join(",") : null,
      class: "visually-hidden",
      multiple: most > 1,
      tabindex: "-1",
      "aria-label": `Files for ${label}`,
    });
    this.#input.onchange = () => {
      this.add([...this.#input.files]);
      this.#input.value = "";
    };
    const choose = textButton("choose", () => this.#input.click(), { id });
    const offer = () => openSamples(sample, most, (files) => this.add(files));
    const sample = textButton("use a sample", offer, { "aria-haspopup": "listbox" });
    this.hint = h(
      "div",
      { class: "drop-hint" },
      icon("upload"),
      h("span", {}, "Drop, paste, ", choose, samples ? [" or ", sample] : null),
    );
    this.chosen = h("ul", { class: "chosen", "aria-label": `Files of ${label}` });
    this.element = h(
      "div",
      { class: "drop", role: "group", "aria-label": label },
      this.chosen,
      this.hint,
      this.#input,
    );
    this.focusTarget = choose;
    takesDrops(this.element, (files) => this.add(files));
    this.#draw();
  }

  get isFull() {
    return this.files.length >= this.#most;
  }

  /** Add files as far as there is room; where only one fits, it takes the place of the one there. Returns those left over. */
  add(files) {
    if (this.#take) {
      this.#take(files);
      return [];
    }
    files = files.filter((file) => isTaken(file, this.#types));
    if (this.#most === 1 && files.length) this.files = [files[0]];
    const room = this.#most === 1 ? 1 : this.#most - this.files.length;
    if (this.#most > 1) this.files = [...this.files, ...files.slice(0, room)];
    this.#draw();
    this.#changed();
    return files.slice(room);
  }

  clear() {
    this.files = [];
    this.#draw();
  }

  choose() {
    this.#input.click();
  }

  #draw() {
    for (const [file, url] of this.#previews) {
      if (this.files.includes(file)) continue;
      URL.revokeObjectURL(url);
      this.#previews.delete(file);
    }
    fill(
      this.chosen,
      this.files.map((file, number) => this.#card(file, number)),
    );
    this.chosen.hidden = !this.files.length;
    this.hint.hidden = this.isFull;
    this.element.classList.toggle("filled", this.isFull);
  }

  #card(file, number) {
    const remove = () => {
      this.files = this.files.filter((each) => each !== file);
      this.#draw();
      this.#changed();
      (this.hint.hidden ? this.chosen.querySelector("button") : this.focusTarget)?.focus();
    };
    return h(
      "li",
      { key: `${number} ${file.name} ${file.size}`, class: "chosen-file" },
      file.type.startsWith("image/") ? h("img", { src: this.#preview(file), alt: "" }) : icon("file"),
      h("span", { class: "file-name", title: file.name }, file.name, h("small", {}, bytes(file.size))),
      iconButton(`Remove ${file.name} from ${this.#label}`, "close", remove),
    );
  }

  #preview(file) {
    if (!this.#previews.has(file)) this.#previews.set(file, URL.createObjectURL(file));
    return this.#previews.get(file);
  }
}

/** Return the extensions that an app's types of files stand for. */
function extensionsOf(types) {
  return types.flatMap((type) => EXTENSIONS[type] ?? [type]);
}

function isTaken(file, types) {
  const name = file.name.toLowerCase();
  return !types.length || extensionsOf(types).some((extension) => name.endsWith(extension));
}

/** Keep the browser from leaving the page for a file that is dropped beside what takes it. */
export function ignoreOtherDrops() {
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
}

/** Have an element take files that are dropped on it, and show that it would. */
export function takesDrops(element, take) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  element.ondragover = (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    element.classList.add("over");
  };
  element.ondragleave = (event) => {
    if (!element.contains(event.relatedTarget)) element.classList.remove("over");
  };
  element.ondrop = (event) => {
    element.classList.remove("over");
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    take([...event.dataTransfer.files]);
  };
}
