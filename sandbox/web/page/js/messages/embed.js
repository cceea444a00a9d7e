// Embeds: https://docs.discord.com/developers/resources/message#embed-object

import { h } from "../lib/dom.js";
import { anchor, inlineMarkdown, markdown } from "../markdown/render.js";
import { momentText } from "../markdown/time.js";
import { hex } from "../components/frame.js";
import { medium, mosaic } from "../components/media.js";

export function embed(each, store) {
  const title = each.title ? inlineMarkdown(each.title, store) : null;
  return h(
    "article",
    { class: "embed", style: { "--accent": each.color === undefined ? "var(--line)" : hex(each.color) } },
    h(
      "div",
      { class: "embed-main" },
      each.author ? h("div", { class: "embed-author" }, named(each.author.name, each.author.url)) : null,
      title ? h("div", { class: "embed-title" }, each.url ? anchor(each.url, title) : title) : null,
      each.description ? h("div", { class: "embed-text md" }, markdown(each.description, store)) : null,
      each.fields?.length
        ? h(
            "dl",
            { class: "embed-fields" },
            each.fields.map((field) => fieldOf(field, store)),
          )
        : null,
    ),
    each.thumbnail ? h("div", { class: "embed-thumbnail" }, picture(each.thumbnail)) : null,
    each.image ? h("div", { class: "embed-image" }, mosaic([asPicture(each.image)])) : null,
    footer(each),
  );
}

function fieldOf(field, store) {
  return h(
    "div",
    { class: field.inline ? "embed-field inline" : "embed-field" },
    h("dt", {}, inlineMarkdown(field.name, store)),
    h("dd", { class: "md" }, markdown(field.value, store)),
  );
}

function footer(each) {
  const when = each.timestamp ? momentText(Date.parse(each.timestamp) / 1000, "f") : null;
  const parts = [each.footer?.text, when].filter(Boolean);
  return parts.length ? h("footer", { class: "embed-footer" }, parts.join(" • ")) : null;
}

const named = (name, url) => (url ? anchor(url, name) : name);
const asPicture = (media) => ({ content_type: "image/png", ...media });
const picture = (media) => medium(asPicture(media), [asPicture(media)]);
