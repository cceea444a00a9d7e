// Makes a tree like a fresh one with as few changes as possible, so that focus, scroll and playing videos stay.
//
// A `key` attribute names a node among its siblings. Attributes whose names begin with `data-kept` are the reader's
// doing and stay; an element with `data-kept-open`, a spoiler that was opened, keeps all of its attributes, and what is
// in it can be used.

const HANDLERS = ["onclick", "onkeydown", "onkeyup", "oninput", "onchange", "oncontextmenu", "onsubmit", "onerror"];
const PROPERTIES = ["checked", "indeterminate"];

/** Give `parent` the children that `fresh`, an array of nodes, says. */
export function fill(parent, fresh) {
  const keyed = new Map();
  const wantedKeys = new Set(fresh.map(keyOf));
  for (const child of [...parent.childNodes]) {
    const key = keyOf(child);
    if (key && !wantedKeys.has(key)) child.remove(); // first of all, so that what stays need not be moved
    else if (key) keyed.set(key, child);
  }
  let place = parent.firstChild;
  for (const wanted of fresh) {
    const key = keyOf(wanted);
    let found = key ? keyed.get(key) : place;
    if (!key) while (found && keyOf(found)) found = found.nextSibling;
    if (!found || !alike(found, wanted)) {
      parent.insertBefore(wanted, place);
      continue;
    }
    if (found === place) place = place.nextSibling;
    else parent.insertBefore(found, place);
    morph(found, wanted);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

/** Make `old` like `fresh`, which is of the same kind. */
export function morph(old, fresh) {
  if (old === fresh) return;
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) return;
  if (!old.hasAttribute("data-kept-open")) takeAttributes(old, fresh);
  for (const name of HANDLERS) if (old[name] !== fresh[name]) old[name] = fresh[name];
  for (const name of PROPERTIES) if (name in fresh && old[name] !== fresh[name]) old[name] = fresh[name];
  const { value } = fresh;
  if (old.hasAttribute("data-kept-open")) for (const child of fresh.children) child.inert = false;
  fill(old, [...fresh.childNodes]);
  if (old.nodeName === "SELECT" && old.value !== value) old.value = value;
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("key") : null;
}

function alike(old, fresh) {
  return old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);
}

function takeAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (name === "style" || name.startsWith("data-kept")) continue;
    if (name === "src" && sameFile(old.getAttribute("src"), value)) continue;
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (name === "style" || name.startsWith("data-kept") || fresh.hasAttribute(name)) continue;
    old.removeAttribute(name);
  }
  if (old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
}

/** Tell whether two addresses differ in their signature alone, which is new in every event. */
function sameFile(one, other) {
  return one !== null && one.split("?")[0] === other.split("?")[0];
}
