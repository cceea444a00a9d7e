// The page: finds out who and where the reader is, listens, and draws anew whatever changed.

import { iconButton } from "./lib/controls.js";
import { byId, h } from "./lib/dom.js";
import { icon } from "./lib/icons.js";
import { fill } from "./lib/morph.js";
import { HOME, hrefOf, readRoute } from "./lib/route.js";
import { currentTheme, startTheme } from "./lib/theme.js";
import { Client } from "./discord/client.js";
import { Socket } from "./discord/socket.js";
import { Store } from "./discord/store.js";
import { startCounting } from "./markdown/time.js";
import { MessageList } from "./messages/list.js";
import { dots } from "./messages/message.js";
import { Composer } from "./composer/composer.js";
import { showModal } from "./modal/modal.js";
import { channelLinks } from "./places/channels.js";
import { guildLinks } from "./places/guilds.js";
import { memberList } from "./places/members.js";
import { peopleBar } from "./places/people.js";
import { closePopup } from "./popups/popup.js";
import { segmindPanel } from "./segmind/panel.js";
import { Drawers } from "./lib/drawers.js";

const FIRST_PERSON = "mira";

class App {
  store = new Store();
  client = new Client(this.store, () => this.#lookAround());
  everyone = [];
  list;
  composer;
  #modal = null;
  #switchTheme;
  #drawers = new Drawers();

  async start() {
    this.#switchTheme = startTheme(() => this.store.changed());
    this.list = new MessageList(this);
    this.composer = new Composer(this);
    this.store.subscribe(() => this.#draw());
    this.everyone = await this.#people();
    addEventListener("hashchange", () => this.#follow());
    document.addEventListener("visibilitychange", () => this.store.read());
    document.querySelector("[data-skip]").onclick = (event) => {
      event.preventDefault();
      this.composer.focus();
    };
    this.#follow();
    new Socket("/segmind/events", (state) => {
      this.store.segmind = state;
      this.store.changed();
    });
    startCounting();
  }

  openModal(modal) {
    closePopup();
    this.#modal?.close();
    this.#modal = showModal(this, modal, () => (this.#modal = null));
  }

  /** Offer pasted files to the modal that is open; tells whether one is. */
  pasteIntoModal(files) {
    this.#modal?.paste(files);
    return this.#modal !== null;
  }

  replyTo(message) {
    this.store.replying = message;
    this.store.changed();
    this.composer.focus();
  }

  /** Begin anew where another sandbox has taken this one's place: nobody is known there. */
  async #lookAround() {
    const people = await this.#people().catch(() => null);
    if (people && !people.some((each) => each.id === this.store.me?.id)) location.reload();
  }

  async #people() {
    const world = await (await fetch("/sandbox/world")).json();
    const found = new Map();
    for (const guild of world.guilds) for (const each of guild.members) found.set(each.id, each);
    found.delete(world.application_id);
    return [...found.values()].map(({ id, name }) => ({
      id,
      username: name,
      global_name: name[0].toUpperCase() + name.slice(1),
    }));
  }

  /** Be who the address says, and go where it says. */
  #follow() {
    const route = readRoute();
    const person = this.everyone.find((each) => each.username === route.person);
    if (!person) {
      location.replace(hrefOf(FIRST_PERSON, "film-club", "videos"));
      return;
    }
    closePopup();
    this.#modal?.close();
    this.#drawers.close();
    if (person.id !== this.store.me?.id) this.client.connect(person.id);
    else if (route.guild === HOME && !this.store.direct) this.#openDirect();
    else this.store.go(route.guild, route.channel);
  }

  async #openDirect() {
    await this.client.post("direct", {});
    this.client.refresh();
  }

  #draw() {
    const { store } = this;
    if (!store.me) return;
    this.#refind();
    document.title = title(store);
    fill(byId("guilds"), guildLinks(this));
    fill(byId("channels"), channelLinks(this));
    fill(byId("people"), peopleBar(this));
    fill(byId("topic"), this.#topic());
    fill(byId("notice"), notice(store));
    fill(byId("typing"), typing(store));
    fill(byId("members"), memberList(this));
    fill(byId("segmind"), segmindPanel(this));
    this.list.draw();
    this.composer.draw();
    document.documentElement.dataset.ready = store.me.username;
  }

  /** Find the shown place again among those that the last READY brought. */
  #refind() {
    const { store } = this;
    const known = store.guild
      ? store.guilds.get(store.guild.id) === store.guild
      : store.channel && store.channel === store.direct;
    if (known && store.channel) return;
    const { guild, channel } = readRoute();
    const replying = store.replying;
    store.go(guild, channel);
    store.replying = replying;
  }

  #topic() {
    const { store } = this;
    const { channel } = store;
    const isDirect = channel === store.direct;
    const isLight = currentTheme() === "light";
    const button = (label, name, onclick, more = {}) =>
      iconButton(label, name, onclick, { key: name, title: label, ...more });
    return [
      button("Servers and channels", "menu", () => this.#drawers.toggle("places"), {
        class: "icon-button narrow-only",
      }),
      h(
        "h2",
        { key: "name", class: "topic-name" },
        channel
          ? [icon(isDirect ? "film" : channel.type === 11 ? "thread" : "hash"), isDirect ? "Reelcast" : channel.name]
          : "No channel",
      ),
      h("span", { key: "about", class: "topic-about" }, channel?.topic ?? ""),
      button(isLight ? "Dark theme" : "Light theme", isLight ? "moon" : "sun", () => this.#switchTheme()),
      button("Members and Segmind", "people", () => this.#drawers.toggle("side")),
    ];
  }
}

function title(store) {
  const unread = [...store.unread.values()].reduce((sum, each) => sum + each, 0);
  const place = store.channel === store.direct ? "Reelcast" : `#${store.channel?.name}`;
  return `${unread ? `(${unread}) ` : ""}${store.nameOf(store.me)} in ${place}`;
}

function notice(store) {
  if (!store.connected)
    return [h("p", { key: "lost", class: "warn" }, "Lost the connection to the sandbox. Reconnecting …")];
  if (!store.botOnline)
    return [h("p", { key: "offline" }, "Reelcast is offline and can't answer until it's back.")];
  return [];
}

function typing(store) {
  const now = Date.now();
  const found = [...(store.typing.get(store.channel?.id) ?? [])]
    .filter(([, until]) => until > now)
    .map(([id]) => store.findUser(id));
  const names = found.filter(Boolean).map((user) => store.nameOf(user));
  if (!names.length) return [];
  return [dots(), document.createTextNode(`${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing…`)];
}

new App().start();
