// One message as its reader sees it: who, when, what, and what came of using it.

import { textButton } from "../lib/controls.js";
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { Flag } from "../discord/store.js";
import { inlineMarkdown, markdown } from "../markdown/render.js";
import { momentText } from "../markdown/time.js";
import { components } from "../components/component.js";
import { avatar } from "../places/avatar.js";
import { openMessageMenu } from "../popups/message-menu.js";
import { openUserMenu } from "../popups/user-menu.js";
import { embed } from "./embed.js";
import { attachments } from "./files.js";

const EXCERPT = 120; // characters

/** Draw a message; one that `follows` another of the same author shows no head. */
export function messageItem(message, app, { follows }) {
  const { store } = app;
  const { author } = message;
  const mentioned = message.mentions.some((each) => each.id === store.me.id) || message.mention_everyone;
  const isEphemeral = (message.flags & Flag.EPHEMERAL) !== 0;
  const head = !follows || message.message_reference || message.interaction;
  const kind = ["message", head ? "" : "follows", mentioned ? "mentioned" : "", isEphemeral ? "ephemeral" : ""];
  return h(
    "li",
    {
      key: message.id,
      class: kind.filter(Boolean).join(" "),
      "data-message": message.id,
      oncontextmenu: (event) => {
        if (event.target.closest("a, video, input, .picture") || String(getSelection())) return;
        event.preventDefault();
        openMessageMenu(app, message, event.currentTarget.querySelector(".message-more"));
      },
    },
    h(
      "article",
      { "aria-label": `${store.nameOf(author)}, ${momentText(at(message), "t")}` },
      head ? above(message, app) : null,
      head ? avatarButton(author, app) : h("span", { class: "message-time" }, momentText(at(message), "t")),
      h(
        "div",
        { class: "message-body" },
        head ? heading(message, app) : null,
        message.flags & Flag.LOADING ? thinking(store.nameOf(author)) : content(message, app),
        failure(message, app),
        isEphemeral ? ephemeralNote(message, app) : null,
      ),
    ),
    h(
      "button",
      {
        class: "icon-button message-more",
        type: "button",
        "aria-label": "More actions for this message",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        onclick: (event) => openMessageMenu(app, message, event.currentTarget),
      },
      icon("more"),
    ),
  );
}

/** Return when a message was sent, in Unix seconds. */
export const at = (message) => Date.parse(message.timestamp) / 1000;

function content(message, app) {
  const { store } = app;
  const isLayout = (message.flags & Flag.COMPONENTS_V2) !== 0; // which shows a file only where a component does
  return [
    message.content ? h("div", { class: "text md" }, markdown(message.content, store), editedMark(message)) : null,
    message.attachments.length && !isLayout ? h("div", { class: "attachments" }, attachments(message.attachments)) : null,
    message.embeds.map((each) => embed(each, store)),
    message.components.length
      ? h("div", { class: "components" }, components(message.components, message, app))
      : null,
  ];
}

function heading(message, app) {
  const { author } = message;
  return h(
    "header",
    { class: "message-head" },
    h("span", { class: "author" }, app.store.nameOf(author)),
    author.bot ? h("span", { class: "tag" }, "APP") : null,
    h("time", { datetime: message.timestamp, title: momentText(at(message), "F") }, momentText(at(message), "t")),
    message.content ? null : editedMark(message),
  );
}

function editedMark(message) {
  if (!message.edited_timestamp) return null;
  const when = momentText(Date.parse(message.edited_timestamp) / 1000, "F");
  return h("span", { class: "edited", title: when }, "(edited)");
}

function avatarButton(author, app) {
  return h(
    "button",
    {
      class: "avatar-button",
      type: "button",
      tabindex: "-1",
      "aria-label": `About ${app.store.nameOf(author)}`,
      onclick: (event) => openUserMenu(app, author, event.currentTarget),
    },
    avatar(author),
  );
}

/** Say what a message answers: a command, or another message. */
function above(message, app) {
  if (message.interaction) {
    const { user, name } = message.interaction;
    return h(
      "div",
      { class: "above" },
      avatar(user, "tiny"),
      h("strong", {}, app.store.nameOf(user)),
      " used ",
      h("span", { class: "command-name" }, message.type === 23 ? name : `/${name}`),
    );
  }
  if (!message.message_reference) return null;
  const original = app.store.message(message.channel_id, message.message_reference.message_id);
  if (!original) return h("div", { class: "above gone" }, "Original message was deleted");
  const jump = () =>
    document
      .querySelector(`[data-message="${original.id}"]`)
      ?.scrollIntoView({ block: "center", behavior: "smooth" });
  return h(
    "button",
    { class: "above", type: "button", tabindex: "-1", onclick: jump },
    avatar(original.author, "tiny"),
    h("strong", {}, app.store.nameOf(original.author)),
    withoutLinks(h("span", { class: "excerpt" }, inlineMarkdown(excerpt(original), app.store))),
  );
}

/** Return an element whose links and spoilers can't be used, since it is part of a button. */
function withoutLinks(element) {
  for (const each of element.querySelectorAll("a, [tabindex]"))
    each.replaceWith(h("span", { class: each.className }, ...each.childNodes));
  return element;
}

/** Return the first words of a message, of whatever kind it is. */
function excerpt(message) {
  const found =
    message.content || firstText(message.components) || message.embeds[0]?.title || "Click to see attachment";
  const line = found.replace(/^(#{1,3}|-#|>) /, "").split("\n")[0];
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line;
}

function firstText(list) {
  for (const each of list ?? []) {
    const found = each.content ?? firstText(each.components);
    if (found) return found;
  }
  return null;
}

function thinking(name) {
  return h("div", { class: "thinking" }, dots(), `${name} is thinking…`);
}

export function dots() {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i", {}), h("i", {}), h("i", {}));
}

function failure(message, app) {
  const sentence = app.store.failed.get(message.id);
  return sentence ? h("div", { class: "failure", role: "alert" }, sentence) : null;
}

function ephemeralNote(message, app) {
  const dismiss = () => {
    app.store.dismissed.add(message.id);
    app.store.changed();
  };
  return h(
    "div",
    { class: "only-you" },
    icon("eye"),
    "Only you can see this • ",
    textButton("Dismiss message", dismiss),
  );
}
