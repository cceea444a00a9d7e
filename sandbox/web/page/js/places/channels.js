// The channels of the shown server that the person can see.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { HOME, hrefOf, slug } from "../lib/route.js";
import { kindOf } from "../discord/kinds.js";
import { whyNotWrite } from "../discord/permissions.js";

export function channelLinks(app) {
  const { store } = app;
  const { guild, me, direct, channel } = store;
  if (!guild) {
    return [
      h("h1", { key: "name", class: "place-name" }, "Direct messages"),
      direct
        ? link({
            href: hrefOf(me.username, HOME),
            channel: direct,
            label: "Reelcast",
            mark: "film",
            shown: channel === direct,
            store,
          })
        : null,
    ].filter(Boolean);
  }
  const channels = guild.channels.filter((each) => !kindOf(each).isThread);
  const threads = guild.channels.filter((each) => kindOf(each).isThread);
  const rows = channels.flatMap((each) => [each, ...threads.filter((thread) => thread.parent_id === each.id)]);
  return [
    h("h1", { key: "name", class: "place-name" }, guild.name),
    ...rows.map((each) =>
      link({
        href: hrefOf(me.username, slug(guild.name), slug(each.name)),
        channel: each,
        label: each.name,
        mark: !kindOf(each).holds && whyNotWrite(each) ? "lock" : kindOf(each).icon,
        shown: each === channel,
        store,
      }),
    ),
  ];
}

function link({ href, channel, label, mark, shown, store }) {
  const unread = store.unread.get(channel.id);
  const kind = ["channel", kindOf(channel).isThread ? "thread" : "", unread === undefined ? "" : "new"]
    .filter(Boolean)
    .join(" ");
  return h(
    "a",
    { key: channel.id, href, class: kind, "aria-current": shown ? "page" : null },
    icon(mark),
    h("span", { class: "channel-name" }, label),
    channel.nsfw ? h("span", { class: "tag quiet" }, "18+") : null,
    unread ? h("span", { class: "badge" }, unread) : null,
  );
}
