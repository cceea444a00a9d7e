// Pictures and videos of a layout: galleries and thumbnails.

import { h, ownPath } from "../lib/dom.js";
import { opensSpoiler } from "../markdown/render.js";
import { openLightbox } from "../popups/lightbox.js";

/** Draw a gallery of one to ten; each picture opens large, the others beside it. */
export function gallery(each, _message, _app) {
  const items = each.items.map((item) => ({
    url: item.media.url,
    content_type: item.media.content_type,
    width: item.media.width,
    height: item.media.height,
    description: item.description,
    spoiler: item.spoiler,
  }));
  return mosaic(items);
}

export function thumbnail(each) {
  const item = { ...each.media, description: each.description, spoiler: each.spoiler };
  return h("div", { class: "thumbnail" }, medium(item, [item]));
}

/** Lay out pictures and videos, each `{url, content_type, width, height, description, spoiler}`. */
export function mosaic(items) {
  const shape = items.length === 1 ? shapeOf(items[0]) : {};
  return h(
    "div",
    { class: "mosaic", "data-count": items.length, style: shape },
    items.map((item) => medium(item, items)),
  );
}

/** Draw a picture or a video, told apart by its type. */
export function medium(item, all) {
  const drawn = isVideo(item) ? video(item) : picture(item, all);
  if (!item.spoiler) return drawn;
  drawn.inert = true;
  return h("div", { class: "spoiler", ...opensSpoiler() }, drawn);
}

export function isVideo(item) {
  return (item.content_type ?? "").startsWith("video/");
}

export function isPicture(item) {
  return (item.content_type ?? "").startsWith("image/") && Boolean(item.width);
}

function picture(item, all) {
  const src = ownPath(item.url);
  if (src === null) return elsewhere(item.url);
  const open = (event) => {
    const pictures = all.filter((each) => !isVideo(each) && ownPath(each.url));
    openLightbox(pictures, pictures.indexOf(item), event.currentTarget);
  };
  return h(
    "button",
    { class: "picture", type: "button", "aria-label": `Open ${item.description || nameOf(src)}`, onclick: open },
    h("img", { src, alt: item.description ?? "", width: item.width, height: item.height, decoding: "async" }),
  );
}

function video(item) {
  const src = ownPath(item.url);
  if (src === null) return elsewhere(item.url);
  return h(
    "div",
    { class: "video" },
    h(
      "video",
      {
        src,
        controls: true,
        playsinline: true,
        preload: "metadata",
        width: item.width,
        height: item.height,
        "aria-label": item.description || nameOf(src),
      },
      h("a", { href: src }, "This browser can't play the video. Download it instead."),
    ),
  );
}

/** Stand for a file of another server: nothing is fetched from there. */
function elsewhere(url) {
  return h(
    "div",
    { class: "elsewhere" },
    "An image on another server, which this page doesn't load: ",
    h("code", {}, url),
  );
}

function shapeOf(item) {
  return item.width && item.height
    ? { "--ratio": `${item.width} / ${item.height}`, "--width": `${item.width}px` }
    : {};
}

export function nameOf(path) {
  return decodeURIComponent(path.split("?")[0].split("/").at(-1));
}
