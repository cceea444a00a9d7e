// Members who are mentioned in a text option: an `@` offers them, and the app is sent their ids.

import { memberItems } from "../components/select.js";
import { Suggestions } from "../popups/suggest.js";

const BEGUN = /(^|\s)@([\p{L}\p{N}_.]{0,32})$/u; // what stands before the caret while a name is typed
const SYNTAX = /[$()*+.?[\\\]^{|}]/g; // what has a meaning in a pattern
const SHOWN = 10; // members, as in Discord

export class Mentions {
  #input;
  #store;
  #list;
  #taken = new Map(); // by what stands in the field: what the app is sent

  constructor(input, store) {
    [this.#input, this.#store] = [input, store];
    this.#list = new Suggestions(input, { label: "Members", choose: (item) => this.#insert(item) });
  }

  /** Offer the members whose names begin with what is typed after an `@`; nothing where there are none. */
  suggest() {
    const typed = this.#begun()?.[2].toLowerCase();
    const found = typed === undefined ? [] : this.#matching(typed);
    if (found.length) this.#list.show(found);
    else this.hide();
  }

  hide() {
    this.#list.hide();
  }

  /** Take a key of the field; tells whether it was for the list. */
  take(event) {
    return this.#list.take(event);
  }

  /** Return the text as the app is sent it: a member who was chosen is `<@id>`, a name that was typed stays a name. */
  sent() {
    return withMentions(this.#input.value, this.#taken);
  }

  #begun() {
    return BEGUN.exec(this.#input.value.slice(0, this.#input.selectionStart));
  }

  #matching(typed) {
    return memberItems(this.#store)
      .filter(({ label, description }) => [label, description].some((each) => each.toLowerCase().startsWith(typed)))
      .slice(0, SHOWN);
  }

  #insert({ label, value }) {
    const [whole, before] = this.#begun();
    const caret = this.#input.selectionStart;
    this.#input.setRangeText(`${before}@${label} `, caret - whole.length, caret, "end");
    this.#taken.set(`@${label}`, `<@${value}>`);
  }
}

/** Write a text with what is sent in the place of each whole name in it, as `taken` has them: no part of a longer one. */
export function withMentions(text, taken) {
  if (!taken.size) return text;
  const longestFirst = [...taken.keys()].toSorted((one, other) => other.length - one.length);
  const names = longestFirst.map((shown) => shown.replaceAll(SYNTAX, "\\$&")).join("|");
  const whole = new RegExp(`(?<![\\p{L}\\p{N}_.])(?:${names})(?!\\.?[\\p{L}\\p{N}_])`, "gu");
  return text.replace(whole, (shown) => taken.get(shown));
}
