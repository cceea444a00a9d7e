// The servers that the person is in, and their direct messages with the bot.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { HOME, hrefOf, slug } from "../lib/route.js";

export function guildLinks(app) {
  const { store } = app;
  const person = store.me.username;
  const isHome = store.channel === store.direct && store.direct !== null;
  const links = [...store.guilds.values()].map((guild) => {
    const initials = guild.name
      .split(/\s+/)
      .map((word) => word[0])
      .join("")
      .slice(0, 3);
    const unread = guild.channels.reduce((sum, each) => sum + (store.unread.get(each.id) ?? 0), 0);
    const isNew = guild.channels.some((each) => store.unread.has(each.id));
    const href = hrefOf(person, slug(guild.name));
    return entry({ href, label: guild.name, shown: guild === store.guild && !isHome, unread, isNew }, initials);
  });
  const unread = store.unread.get(store.direct?.id) ?? 0;
  const home = { href: hrefOf(person, HOME), label: "Direct messages", shown: isHome, unread };
  return [entry(home, icon("film")), h("hr", { key: "line", class: "guild-line" }), ...links, fresh(app)];
}

/** Draw the button that makes a server of the person's own, which the bot joins as in real life. */
function fresh({ store, client }) {
  const make = async () => {
    const { name } = await client.administer("add_guild", { owner_id: store.me.id });
    location.hash = hrefOf(store.me.username, slug(name), "general");
  };
  const label = "New server with the bot";
  return h(
    "button",
    { key: label, class: "guild", type: "button", title: label, "aria-label": label, onclick: make },
    h("span", { class: "guild-mark" }, icon("plus")),
  );
}

function entry({ href, label, shown, unread = 0, isNew = false }, mark) {
  return h(
    "a",
    {
      key: label,
      href,
      class: isNew ? "guild new" : "guild",
      title: label,
      "aria-label": unread ? `${label}, ${unread} mentions` : label,
      "aria-current": shown ? "true" : null,
    },
    h("span", { class: "guild-mark" }, mark),
    unread ? h("span", { class: "badge" }, unread) : null,
  );
}
