// The files of a message: pictures and videos to look at, sound to hear, anything else to take away.

import { bytes, h, ownPath } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { isPicture, isVideo, mosaic, nameOf } from "../components/media.js";

/** Draw the attachments that no component or embed shows. */
export function attachments(list) {
  const looked = list.filter((each) => isPicture(each) || isVideo(each));
  const others = list.filter((each) => !looked.includes(each));
  const shown = looked.map((each) => ({ ...each, spoiler: (each.flags & 8) !== 0 }));
  const pictures = shown.filter((each) => !isVideo(each));
  const videos = shown.filter(isVideo);
  return [
    pictures.length ? mosaic(pictures) : null,
    videos.map((each) => mosaic([each])),
    others.map((each) => ((each.content_type ?? "").startsWith("audio/") ? sound(each) : fileCard(each))),
  ];
}

/** Draw a file as a card with its name, its size and a way to take it. */
export function fileCard(file) {
  const path = ownPath(file.url);
  const name = file.filename ?? (path ? nameOf(path) : "file");
  return h(
    "div",
    { class: "file-card" },
    icon("file"),
    h("span", { class: "file-name" }, name, h("small", {}, bytes(file.size ?? 0))),
    path
      ? h(
          "a",
          { class: "icon-button", href: path, download: name, "aria-label": `Download ${name}` },
          icon("download"),
        )
      : null,
  );
}

function sound(file) {
  const path = ownPath(file.url);
  return path
    ? h("audio", { src: path, controls: true, preload: "none", "aria-label": file.filename })
    : fileCard(file);
}
