// Addresses of messages and channels in Discord, which lead to their places on this page.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { HOME, hrefOf, slug } from "../lib/route.js";

const PLACE = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/(@me|\d+)\/(\d+)(?:\/(\d+))?$/;

/** Return where on this page an address leads, `{href, name, isMessage}`, or null if that is elsewhere. */
export function placeOf(url, store) {
  const found = PLACE.exec(url ?? "");
  if (!found) return null;
  const [, guildId, channelId, messageId] = found;
  const person = store.me.username;
  if (guildId === "@me") {
    const isOurs = store.direct?.id === channelId;
    return isOurs
      ? { href: hrefOf(person, HOME, "", messageId), name: "Reelcast", isMessage: Boolean(messageId) }
      : null;
  }
  const place = store.findChannel(channelId);
  if (!place) return null;
  const href = hrefOf(person, slug(place.guild.name), slug(place.channel.name), messageId);
  return { href, name: place.channel.name, isMessage: Boolean(messageId) };
}

/** Draw a link to a place as Discord does: the channel's name, and a bubble for a message in it. */
export function jumpLink(place) {
  return h("a", { class: "pill jump", href: place.href }, `# ${place.name}`, place.isMessage ? icon("thread") : null);
}
