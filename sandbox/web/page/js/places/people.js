// Who this tab is: everyone of the sandbox, one press away, and the language of their client.

import { h } from "../lib/dom.js";
import { hrefOf, slug } from "../lib/route.js";
import { standing } from "../discord/permissions.js";
import { avatar } from "./avatar.js";

const LANGUAGES = {
  "en-US": "English",
  de: "Deutsch",
  "es-ES": "Español",
  fr: "Français",
  "pt-BR": "Português do Brasil",
  ja: "日本語",
};

export function peopleBar(app) {
  const { store, everyone } = app;
  const member = store.member(store.me.id);
  const place = [store.guild && slug(store.guild.name), store.channel && store.guild && slug(store.channel.name)];
  return [
    h(
      "div",
      { class: "me" },
      avatar(store.me, "", store.connected ? "online" : "offline"),
      h(
        "span",
        { class: "me-name" },
        h("strong", {}, store.nameOf(store.me)),
        h("small", {}, member ? standing(store.guild, member) : `@${store.me.username}`),
      ),
      language(app),
    ),
    h(
      "div",
      { class: "others", role: "group", "aria-label": "Switch to another person" },
      everyone.map((user) =>
        h(
          "a",
          {
            key: user.id,
            href: hrefOf(user.username, ...place),
            class: "other",
            title: `Switch to ${user.global_name}: ${roleOf(store, user)}. Hold Ctrl or ⌘ for a new tab.`,
            "aria-label": `Switch to ${user.global_name}, ${roleOf(store, user)}`,
            "aria-current": user.id === store.me.id ? "true" : null,
          },
          avatar(user, "small"),
          h("small", {}, user.global_name),
        ),
      ),
    ),
  ];
}

function roleOf(store, user) {
  const member = store.member(user.id);
  return member ? standing(store.guild, member) : "not in this server";
}

function language(app) {
  const { store, client } = app;
  const change = async ({ target }) => {
    const guild = [...store.guilds.values()][0];
    await client.administer("member", { guild_id: guild.id, user_id: store.me.id, locale: target.value });
  };
  const known = { [store.locale]: store.locale, ...LANGUAGES };
  const codes = new Set([...Object.keys(LANGUAGES), store.locale]);
  const title = "Language of your client, which the bot uses";
  return h(
    "select",
    { class: "language", "aria-label": "Language of your client", title, onchange: change },
    [...codes].map((value) => h("option", { value, selected: value === store.locale }, known[value])),
  );
}
