// The messages of the shown channel, newest at the bottom, where the view stays unless the reader scrolled up.

import { byId, h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { fill } from "../lib/morph.js";
import { readRoute } from "../lib/route.js";
import { momentText } from "../markdown/time.js";
import { welcome } from "./welcome.js";
import { localItem } from "./local.js";
import { at, messageItem } from "./message.js";

const SHOWN = 60; // messages at first, and more each time
const TOGETHER = 7 * 60; // seconds within which messages of one author stand together
const NEAR = 80; // pixels from the bottom that count as the bottom

export class MessageList {
  #app;
  #scroll = byId("scroll");
  #list = byId("messages");
  #below = byId("below");
  #count = SHOWN;
  #place = null;
  #jumped;
  #seen = 0n; // the id of the newest message that was in view
  #drawn = new Map(); // by message: what it was drawn from, and the node

  constructor(app) {
    this.#app = app;
    new ResizeObserver(() => this.#stay()).observe(this.#list); // a picture or film that now has its height
    new ResizeObserver(() => this.#stay()).observe(this.#scroll);
    this.#scroll.onscroll = () => {
      this.sticks = this.#distance() < NEAR;
      this.#tell();
    };
    this.#below.append("New messages below", icon("down"));
    this.#below.onclick = () => {
      this.#scroll.focus();
      this.toNewest();
    };
  }

  sticks = true;

  /** Go to the newest message, and stay there. */
  toNewest() {
    this.sticks = true;
    this.#stay();
    this.#tell();
  }

  draw() {
    const { store } = this.#app;
    const place = `${store.me?.id} ${store.channel?.id}`;
    if (place !== this.#place) {
      this.#place = place;
      this.#drawn.clear();
      this.#count = SHOWN;
      this.sticks = true;
      this.#seen = this.#newest();
    }
    fill(this.#list, store.channel ? this.#items() : []);
    this.#jump();
    this.#stay();
    this.#tell();
  }

  /** Go to the message that the address names, once, and let it be seen which one it is. */
  #jump() {
    const { message } = readRoute();
    if (message === this.#jumped) return;
    const found = message ? this.#list.querySelector(`[data-message="${CSS.escape(message)}"]`) : null;
    if (message && !found) return;
    this.#jumped = message;
    if (!found) return;
    this.sticks = false;
    found.scrollIntoView({ block: "center" });
    found.animate([{ backgroundColor: "var(--pill)" }, {}], { duration: 2500 });
  }

  #items() {
    const { store } = this.#app;
    const all = store.shown();
    const shown = all.slice(-this.#count);
    const more = () => {
      this.#count += SHOWN;
      this.draw();
    };
    const items = [
      shown.length < all.length
        ? h(
            "li",
            { key: "more" },
            h("button", { class: "button secondary", type: "button", onclick: more }, "Show older messages"),
          )
        : welcome(this.#app),
    ];
    let before = null;
    for (const message of shown) {
      if (!before || day(before) !== day(message)) items.push(divider(message));
      items.push(this.#item(message, isFollowing(message, before)));
      before = message;
    }
    const local = store.local.filter((each) => each.channelId === store.channel.id);
    return [...items, ...local.map((each) => localItem(each, this.#app))];
  }

  /** Draw a message, or take what was drawn of it where nothing has changed since. */
  #item(message, follows) {
    const { store } = this.#app;
    const drawn = this.#drawn.get(message.id);
    const original = store.message(message.channel_id, message.message_reference?.message_id);
    const facts = [message, follows, original, store.epoch, store.failed.get(message.id), useOf(message, store)];
    if (drawn && facts.every((fact, place) => fact === drawn.facts[place])) return drawn.node;
    const node = messageItem(message, this.#app, { follows });
    const live = drawn?.node.isConnected ? drawn.node : node; // the one that stays is made like the new one
    this.#drawn.set(message.id, { facts, node: live });
    return node;
  }

  #distance() {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight;
  }

  #stay() {
    if (this.sticks) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Say that something new stands below, to who reads further up. */
  #tell() {
    if (this.sticks) this.#seen = this.#newest();
    this.#below.hidden = this.#newest() <= this.#seen;
  }

  #newest() {
    return BigInt(this.#app.store.shown().at(-1)?.id ?? 0);
  }
}

/** Write down what its reader is doing with a message's components. */
function useOf(message, { pending, chosen }) {
  const begins = (key) => key.startsWith(`${message.id}/`);
  const values = [...chosen].filter(([key]) => begins(key)).map(([key, value]) => `${key}=${value}`);
  return [...[...pending].filter(begins), ...values].join();
}

function isFollowing(message, before) {
  if (!before || message.message_reference || message.interaction || day(before) !== day(message)) return false;
  return (
    before.author.id === message.author.id && before.flags === message.flags && at(message) - at(before) < TOGETHER
  );
}

const day = (message) => new Date(message.timestamp).toDateString();

function divider(message) {
  return h("li", { key: `day ${day(message)}`, class: "divider" }, momentText(at(message), "D"));
}
