// What can be done with a member: be them, and the apps' user commands.

import { h } from "../lib/dom.js";
import { hrefOf, slug } from "../lib/route.js";
import { standing } from "../discord/permissions.js";
import { commandsFor, runTargetCommand, USER } from "../composer/commands.js";
import { avatar } from "../places/avatar.js";
import { openMenu } from "./menu.js";

export async function openUserMenu(app, user, opener) {
  const { store } = app;
  const member = store.member(user.id);
  const apps = await commandsFor(app, USER);
  const roles = store.guild?.roles.filter((role) => member?.roles.includes(role.id)).map((role) => role.name) ?? [];
  const facts = [member ? standing(store.guild, member) : null, ...roles].filter(Boolean).join(" · ");
  const href = hrefOf(
    user.username,
    store.guild && slug(store.guild.name),
    store.channel && slug(store.channel.name),
  );
  openMenu(opener, store.nameOf(user), [
    {
      node: h(
        "div",
        { class: "menu-card" },
        avatar(user),
        h(
          "span",
          {},
          h("strong", {}, store.nameOf(user)),
          h("small", {}, `@${user.username}`),
          h("small", {}, facts),
        ),
      ),
    },
    apps.length ? { title: "Apps" } : null,
    ...apps.map((command) => ({
      label: command.label,
      icon: "film",
      reason: command.reason,
      run: () => runTargetCommand(app, command, user.id),
    })),
    user.bot || user.id === store.me.id
      ? null
      : { label: `Switch to ${store.nameOf(user)}`, icon: "people", run: () => (location.hash = href) },
    user.bot
      ? null
      : { label: `Open as ${store.nameOf(user)} in a new tab`, icon: "open", run: () => open(href, "_blank") },
  ]);
}
