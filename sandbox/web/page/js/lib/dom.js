// Builds DOM nodes. Text always becomes text nodes: nothing here, or anywhere on the page, parses HTML.

const PROPERTIES = new Set(["value", "checked", "muted", "indeterminate"]);

/**
 * Make an element: `h("button", {class: "x", onclick: press}, "Label", null, [more])`.
 *
 * Attributes that are null, undefined or false are left out; `style` is an object; `onX` are handlers.
 */
export function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") || PROPERTIES.has(name)) node[name] = value;
    else if (name === "style") for (const [key, each] of Object.entries(value)) node.style.setProperty(key, each);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...nodes(children));
  return node;
}

function nodes(children) {
  return children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false);
}

export const byId = (id) => document.getElementById(id);

/** Tell whether the address is one that a link may lead to. */
export function isWebAddress(url) {
  return /^https?:\/\//i.test(url ?? "");
}

const OWN = /^\/((ephemeral-)?attachments|avatars|embed\/avatars|guilds)\//; // what the local CDN serves

/**
 * Return an address of the local CDN as a path of this page's own origin, however the page was reached.
 *
 * An address elsewhere gives null: this page fetches nothing from outside.
 */
export function ownPath(url) {
  try {
    const { pathname, search } = new URL(url, location.href);
    return OWN.test(pathname) ? pathname + search : null;
  } catch {
    return null;
  }
}

/** Write a number of bytes as people read it. */
export function bytes(count) {
  if (count >= 1024 * 1024) return `${(count / 1024 / 1024).toFixed(2)} MB`;
  return count >= 1024 ? `${(count / 1024).toFixed(2)} KB` : `${count} bytes`;
}
