// Where the person writes: a message with files, or a slash command.

import { iconButton } from "../lib/controls.js";
import { byId, h } from "../lib/dom.js";
import { fill } from "../lib/morph.js";
import { icon } from "../lib/icons.js";
import { Refused } from "../discord/client.js";
import { whyNotAttach, whyNotWrite } from "../discord/permissions.js";
import { Suggestions } from "../popups/suggest.js";
import { toast } from "../popups/toast.js";
import { CommandForm } from "./command-form.js";
import { commandsFor, SLASH } from "./commands.js";
import { FileField, ignoreOtherDrops, takesDrops } from "./file-field.js";

const MOST_FILES = 10;
const TYPING_EVERY = 8_000; // milliseconds

export class Composer {
  #app;
  #root = byId("composer");
  #input = h("textarea", {
    class: "message-input",
    id: "message-input",
    rows: "1",
    maxlength: "2000",
    role: "combobox",
    "aria-expanded": "false",
  });
  #files = new FileField({ label: "the message", most: MOST_FILES, samples: false });
  #reply = h("div", { class: "replying" });
  #bar;
  #attach;
  #form = null;
  #place = null;
  #typedAt = 0;

  constructor(app) {
    this.#app = app;
    this.#attach = iconButton("Attach files", "plus", () => this.#files.choose());
    const send = iconButton("Send message", "send", () => this.#send(), { class: "icon-button send" });
    this.#files.hint.remove();
    this.#bar = h("div", { class: "message-bar" }, this.#attach, this.#input, send);
    this.suggestions = new Suggestions(this.#input, {
      opener: this.#bar,
      label: "Commands",
      choose: (item) => this.startCommand(item.command),
    });
    this.#input.oninput = () => this.#typed();
    this.#input.onkeydown = (event) => this.#key(event);
    this.#root.append(this.#reply, this.#files.element, this.#bar);
    takesDrops(byId("chat"), (files) => this.takeFiles(files));
    ignoreOtherDrops();
    document.addEventListener("paste", (event) => this.#paste(event));
  }

  draw() {
    const { store } = this.#app;
    if (!store.channel) return;
    const place = `${store.me.id} ${store.channel.id}`;
    if (place !== this.#place) this.#leave();
    this.#place = place;
    const reason = whyNotWrite(store.channel);
    const name = store.channel === store.direct ? "@Reelcast" : `#${store.channel.name}`;
    this.#input.disabled = reason !== null;
    this.#input.placeholder = reason ?? `Message ${name}`;
    this.#input.setAttribute("aria-label", reason ?? `Message ${name}`);
    const unattachable = reason ?? whyNotAttach(store.channel);
    this.#attach.disabled = unattachable !== null;
    this.#attach.title = unattachable ?? "Attach files";
    this.#bar.classList.toggle("forbidden", reason !== null);
    fill(this.#reply, store.replying ? this.#replying() : []);
  }

  focus() {
    if (this.#form) this.#form.focus();
    else this.#input.focus();
  }

  /** Begin to fill in a command, with values that are known already. */
  startCommand(command, values = {}) {
    this.suggestions.hide();
    this.#endCommand();
    this.#input.value = "";
    this.#form = new CommandForm(this.#app, command, values, () => {
      this.#endCommand();
      this.#input.focus();
    });
    this.#bar.hidden = true;
    this.#files.element.hidden = true;
    this.#root.append(this.#form.element);
    this.#form.focus();
  }

  /** Take files that were dropped or pasted: for the command if there is one, else for the message. */
  takeFiles(files) {
    if (!files.length) return;
    if (this.#form) {
      this.#form.takeFiles(files);
      return;
    }
    const reason = whyNotWrite(this.#app.store.channel) ?? whyNotAttach(this.#app.store.channel);
    if (reason) {
      toast(reason);
      return;
    }
    const left = this.#files.add(files);
    if (left.length) toast(`You can add up to ${MOST_FILES} files to a message.`);
    this.#input.focus();
  }

  #endCommand() {
    this.#form?.element.remove();
    this.#form = null;
    this.#bar.hidden = false;
    this.#files.element.hidden = false;
  }

  #leave() {
    this.suggestions.hide();
    this.#endCommand();
    this.#input.value = "";
    this.#files.clear();
  }

  #replying() {
    const { store } = this.#app;
    const stop = () => {
      store.replying = null;
      store.changed();
      this.#input.focus();
    };
    return [
      h("span", { key: "who" }, "Replying to ", h("strong", {}, store.nameOf(store.replying.author))),
      iconButton("Stop replying", "close", stop, { key: "stop" }),
    ];
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    if (!this.#app.pasteIntoModal(files)) this.takeFiles(files);
  }

  /** Make the field as high as what is written. */
  #fit() {
    this.#input.style.setProperty("height", "auto");
    this.#input.style.setProperty("height", `${this.#input.scrollHeight}px`);
  }

  async #typed() {
    const typed = this.#input.value;
    this.#fit();
    if (!typed.startsWith("/") || typed.includes("\n")) {
      this.suggestions.hide();
      this.#tellTyping();
      return;
    }
    const commands = await commandsFor(this.#app, SLASH);
    if (this.#input.value !== typed) return;
    this.#suggest(commands, typed.slice(1).trim().toLowerCase());
  }

  #suggest(commands, wanted) {
    const rank = (each) => Number(!each.label.startsWith(wanted));
    const found = commands
      .filter((each) => `${each.label} ${each.name}`.includes(wanted))
      .toSorted((one, other) => rank(one) - rank(other));
    const nothing = this.#app.store.botOnline
      ? "No command has this name"
      : "The bot is offline, so it has no commands";
    this.suggestions.show(
      found.map((command) => ({
        command,
        label: `/${command.label}`,
        description: command.description,
        reason: command.reason,
        mark: () => icon("film"),
      })),
      nothing,
    );
  }

  #key(event) {
    if (this.suggestions.take(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && this.#app.store.replying) {
      this.#app.store.replying = null;
      this.#app.store.changed();
    }
  }

  #tellTyping() {
    const now = Date.now();
    if (!this.#input.value || now - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = now;
    this.#app.client.post("typing", { channel_id: this.#app.store.channel.id }).catch(ignoreRefusal);
  }

  async #send() {
    const { store, client } = this.#app;
    const content = this.#input.value.trim();
    const { files } = this.#files;
    if (!content && !files.length) return;
    const payload = { channel_id: store.channel.id, content, reply_to: store.replying?.id };
    this.#input.value = "";
    this.#fit();
    this.#files.clear();
    store.replying = null;
    this.#typedAt = 0;
    this.#app.list.toNewest();
    store.changed();
    try {
      await client.post("send", payload, files);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
      this.#input.value = content;
      this.#fit();
      this.#files.add(files);
    }
  }
}

function ignoreRefusal(error) {
  if (!(error instanceof Refused)) throw error;
}
