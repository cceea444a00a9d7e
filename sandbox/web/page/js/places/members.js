// The members of the shown server.

import { h } from "../lib/dom.js";
import { Permission, may } from "../discord/permissions.js";
import { openUserMenu } from "../popups/user-menu.js";
import { avatar } from "./avatar.js";

export function memberList(app) {
  const { store } = app;
  if (!store.guild) return [];
  const { members } = store.guild;
  const apps = members.filter((each) => each.user.bot);
  const mods = members.filter((each) => !each.user.bot && isModerator(store.guild, each));
  const others = members.filter((each) => !each.user.bot && !isModerator(store.guild, each));
  return [group("Owner and moderators", mods, app), group("Members", others, app), group("Apps", apps, app)].filter(
    Boolean,
  );
}

function isModerator(guild, member) {
  return member.user.id === guild.owner_id || may(member.permissions, Permission.MODERATE_MEMBERS);
}

function group(title, members, app) {
  if (!members.length) return null;
  return h(
    "div",
    { key: title, class: "member-group" },
    h("h2", { class: "small-title" }, `${title} — ${members.length}`),
    members.map((each) => row(each, app)),
  );
}

function row(member, app) {
  const { store } = app;
  const { user } = member;
  const isOnline = user.bot ? store.botOnline : true;
  const timedOut =
    member.communication_disabled_until && Date.parse(member.communication_disabled_until) > Date.now();
  return h(
    "button",
    {
      key: user.id,
      class: isOnline ? "member" : "member offline",
      type: "button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      onclick: (event) => openUserMenu(app, user, event.currentTarget),
      oncontextmenu: (event) => {
        event.preventDefault();
        openUserMenu(app, user, event.currentTarget);
      },
    },
    avatar(user, "small", isOnline ? "online" : "offline"),
    h("span", { class: "member-name" }, store.nameOf(user), user.id === store.me.id ? " (you)" : ""),
    user.id === store.guild.owner_id ? h("span", { title: "Owner" }, "👑") : null,
    user.bot ? h("span", { class: "tag" }, "APP") : null,
    timedOut ? h("span", { class: "tag quiet" }, "timed out") : null,
  );
}
