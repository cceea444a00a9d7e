// The side bars: beside the channel where there is room, over it on a narrow screen, where one is open at most.

import { byId } from "./dom.js";

const narrow = matchMedia("(max-width: 820px)");
const cramped = matchMedia("(max-width: 1120px)"); // the right one lies over the channel, too

export class Drawers {
  #open = null;
  #opener = null;
  #isSideHidden = false;

  constructor() {
    for (const each of [narrow, cramped]) each.addEventListener("change", () => this.close());
    byId("shade").onclick = () => this.close();
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#open && !event.defaultPrevented) this.close();
    });
    this.#apply();
  }

  /** Show or hide `places` (servers and channels) or `side` (members and Segmind). */
  toggle(name) {
    const lies = name === "places" ? narrow.matches : cramped.matches;
    if (!lies) this.#isSideHidden = !this.#isSideHidden;
    else {
      this.#opener = document.activeElement;
      this.#open = this.#open === name ? null : name;
    }
    this.#apply();
    if (this.#open) byId(this.#open).querySelector("a, button, input")?.focus();
  }

  close() {
    const wasOpen = this.#open;
    this.#open = null;
    this.#apply();
    if (wasOpen && this.#opener?.isConnected) this.#opener.focus();
  }

  #apply() {
    for (const [name, lies] of [
      ["places", narrow.matches],
      ["side", cramped.matches],
    ]) {
      const element = byId(name);
      element.classList.toggle("open", this.#open === name);
      element.inert = lies && this.#open !== name;
    }
    byId("side").hidden = !cramped.matches && this.#isSideHidden;
    byId("chat").inert = this.#open !== null;
    byId("shade").hidden = this.#open === null;
  }
}
