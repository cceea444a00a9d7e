// Select menus, in messages and in modals: options, members, roles and channels.

import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { slug } from "../lib/route.js";
import { kindOf } from "../discord/kinds.js";
import { avatar } from "../places/avatar.js";
import { openList } from "../popups/list.js";
import { act, keyOf } from "./act.js";

const STRING = 3;
const PLACEHOLDERS = {
  3: "Make a selection",
  5: "Select a member",
  6: "Select a role",
  7: "Select a member or role",
  8: "Select a channel",
};

/** Draw a select of a message: choosing sends what was chosen; of several, once the list closes. */
export function messageSelect(each, message, app) {
  const key = keyOf(message, each);
  const isPending = app.store.pending.has(key);
  return selectButton(each, app, {
    values: app.store.chosen.get(key) ?? defaultsOf(each),
    key: each.custom_id,
    disabled: Boolean(each.disabled) || isPending,
    busy: isPending,
    change: (values) => {
      app.store.chosen.set(key, values);
      act(app, message, each, values);
    },
  });
}

/** Draw the button of a select, which says what is chosen and opens the list; `change` takes the chosen values. */
export function selectButton(
  each,
  app,
  { values, change, disabled = false, busy = false, key = null, id = null, invalid = false },
) {
  const items = itemsOf(each, app.store);
  const chosen = items.filter((item) => values.includes(item.value));
  const most = each.max_values ?? 1;
  const open = (event) =>
    openList(event.currentTarget, {
      items,
      chosen: values,
      most,
      least: each.required === false ? 0 : (each.min_values ?? 1),
      searchable: each.type !== STRING || items.length > 10,
      label: placeholder(each),
      choose: change,
    });
  return h(
    "button",
    {
      class: "select",
      type: "button",
      key,
      id,
      disabled,
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-busy": busy ? "true" : null,
      "aria-invalid": invalid ? "true" : null,
      onclick: open,
    },
    h("span", { class: chosen.length ? "select-value" : "select-placeholder" }, shown(chosen) ?? placeholder(each)),
    icon("down"),
  );
}

/** Return the values that a select starts with. */
export function defaultsOf(each) {
  if (each.type === STRING) return each.options.filter((option) => option.default).map((option) => option.value);
  return (each.default_values ?? []).map((value) => value.id);
}

function placeholder(each) {
  return each.placeholder || PLACEHOLDERS[each.type];
}

function shown(chosen) {
  if (!chosen.length) return null;
  return chosen.map((item, number) => [number ? ", " : "", item.mark?.() ?? null, item.label]);
}

/** Return what a select offers: `{value, label, description, mark}`, where `mark` draws what stands before it. */
export function itemsOf(each, store) {
  switch (each.type) {
    case STRING:
      return each.options.map((option) => ({
        value: option.value,
        label: option.label,
        description: option.description,
        mark: option.emoji ? () => h("span", { class: "emoji" }, option.emoji.name) : undefined,
      }));
    case 5:
      return memberItems(store);
    case 6:
      return roleItems(store);
    case 7:
      return [...memberItems(store), ...roleItems(store)];
    default:
      return channelItems(store, each.channel_types);
  }
}

export function memberItems(store) {
  return (store.guild?.members ?? []).map((member) => ({
    value: member.user.id,
    label: store.nameOf(member.user),
    description: member.user.username,
    mark: () => avatar(member.user, "small"),
  }));
}

export function roleItems(store) {
  return (store.guild?.roles ?? []).map((role) => ({
    value: role.id,
    label: role.name,
    mark: () => h("span", { class: "role-dot" }),
  }));
}

export function channelItems(store, types) {
  return (store.guild?.channels ?? [])
    .filter((channel) => !types?.length || types.includes(channel.type))
    .map((channel) => ({
      value: channel.id,
      label: channel.name,
      description: kindOf(channel).name,
      search: slug(channel.name),
      mark: () => icon(kindOf(channel).icon),
    }));
}
