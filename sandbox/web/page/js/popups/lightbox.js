// Pictures at full size, one at a time: arrows lead to the others, Escape closes.

import { iconButton } from "../lib/controls.js";
import { h, ownPath } from "../lib/dom.js";

/** Show pictures `{url, description}`, beginning with one of them; the keyboard goes back to `opener`. */
export function openLightbox(pictures, start, opener) {
  let shown = start;
  const image = h("img", { class: "lightbox-image" });
  const caption = h("p", { class: "lightbox-caption", role: "status" });
  const link = h("a", { class: "lightbox-link", target: "_blank", rel: "noopener noreferrer" }, "Open in a new tab");
  const turn = (step) => {
    shown = (shown + step + pictures.length) % pictures.length;
    const { url, description } = pictures[shown];
    image.src = ownPath(url);
    image.alt = description ?? "";
    link.href = ownPath(url);
    const count = pictures.length > 1 ? `${shown + 1} of ${pictures.length}` : "";
    caption.textContent = [description, count].filter(Boolean).join(" · ");
  };
  const arrow = (step, label, name) =>
    pictures.length > 1 ? iconButton(label, name, () => turn(step), { class: "lightbox-arrow" }) : null;
  const dialog = h(
    "dialog",
    { class: "lightbox", "aria-label": "Image" },
    iconButton("Close", "close", () => dialog.close(), { class: "lightbox-close" }),
    arrow(-1, "Previous image", "left"),
    h("figure", {}, image, h("figcaption", {}, caption, link)),
    arrow(1, "Next image", "right"),
  );
  dialog.onkeydown = ({ key }) => {
    if (key === "ArrowLeft") turn(-1);
    if (key === "ArrowRight") turn(1);
  };
  dialog.onclick = ({ target }) => {
    if (target === dialog) dialog.close();
  };
  dialog.onclose = () => {
    dialog.remove();
    if (opener.isConnected) opener.focus();
  };
  document.body.append(dialog);
  turn(0);
  dialog.showModal();
}
