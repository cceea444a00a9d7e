// Turns the tree of a text into nodes; names of people and places come from the store.

import { h, isWebAddress } from "../lib/dom.js";
import { hrefOf, slug } from "../lib/route.js";
import { jumpLink, placeOf } from "./jump.js";
import { parse, parseInline } from "./parse.js";
import { timeElement } from "./time.js";

/** Return the nodes of a whole text. */
export function markdown(text, store) {
  return parse(text ?? "").map((each) => block(each, store));
}

/** Return the nodes of a title or label, which knows no blocks. */
export function inlineMarkdown(text, store) {
  return inline(parseInline(text ?? ""), store);
}

const BLOCKS = {
  text: (node, store) => h("div", { class: "md-text" }, inline(node.children, store)),
  heading: (node, store) => h("h3", { class: `md-h${node.level}` }, inline(node.children, store)),
  subtext: (node, store) => h("small", { class: "md-subtext" }, inline(node.children, store)),
  quote: (node, store) =>
    h(
      "blockquote",
      { class: "md-quote" },
      node.children.map((each) => block(each, store)),
    ),
  code: (node) => h("pre", { class: "md-pre" }, h("code", { "data-language": node.language }, node.text)),
  list: (node, store) => {
    const items = node.items.map((item) =>
      h(
        "li",
        {},
        item.map((each) => block(each, store)),
      ),
    );
    return h(node.ordered ? "ol" : "ul", { class: "md-list", start: node.ordered ? node.start : null }, items);
  },
};

const INLINE = {
  strong: (node, store) => h("strong", {}, inline(node.children, store)),
  em: (node, store) => h("em", {}, inline(node.children, store)),
  underline: (node, store) => h("u", {}, inline(node.children, store)),
  strike: (node, store) => h("s", {}, inline(node.children, store)),
  code: (node) => h("code", { class: "md-code" }, node.text),
  link: (node, store) => {
    const place = placeOf(node.url, store);
    const isBare = node.children.length === 1 && node.children[0] === node.url;
    if (place) return isBare ? jumpLink(place) : h("a", { href: place.href }, inline(node.children, store));
    return anchor(node.url, inline(node.children, store));
  },
  time: (node) => timeElement(node.at, node.style),
  user: (node, store) => {
    const user = store.findUser(node.id);
    return pill(user ? `@${store.nameOf(user)}` : "@unknown-user");
  },
  role: (node, store) => pill(`@${store.findRole(node.id)?.name.replace(/^@/, "") ?? "deleted-role"}`),
  channel: (node, store) => {
    const found = store.findChannel(node.id);
    if (!found) return pill("# unknown");
    const href = hrefOf(store.me.username, slug(found.guild.name), slug(found.channel.name));
    return h("a", { class: "pill", href }, `# ${found.channel.name}`);
  },
  command: (node) => pill(`/${node.name}`),
  emoji: (node) => h("span", { title: `:${node.name}:` }, `:${node.name}:`),
  everyone: (node) => pill(`@${node.name}`),
  spoiler: (node, store) =>
    h(
      "span",
      { class: "md-spoiler", ...opensSpoiler() },
      h("span", { class: "hidden-text", inert: true }, inline(node.children, store)),
    ),
};

/** Return the attributes of what shows its children, which are inert until then, when it is pressed. */
export function opensSpoiler() {
  const open = (event) => {
    const target = event.currentTarget;
    if (target.hasAttribute("data-kept-open") || (event.type === "keydown" && !["Enter", " "].includes(event.key)))
      return;
    event.preventDefault();
    event.stopPropagation();
    target.setAttribute("data-kept-open", "");
    target.removeAttribute("role");
    target.removeAttribute("aria-label");
    target.removeAttribute("tabindex");
    for (const each of target.children) each.inert = false;
  };
  return { role: "button", tabindex: "0", "aria-label": "Spoiler: show it", onclick: open, onkeydown: open };
}

function block(node, store) {
  return BLOCKS[node.type](node, store);
}

function inline(nodes, store) {
  return nodes.map((node) => (typeof node === "string" ? node : INLINE[node.type](node, store)));
}

const pill = (text) => h("span", { class: "pill" }, text);

/** Make a link that opens beside this page and tells the other side nothing; one that is no web address is text. */
export function anchor(url, children) {
  if (!isWebAddress(url)) return h("span", {}, children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url }, children);
}
