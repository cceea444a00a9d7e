// The commands that the apps here offer, and using them.

import { Refused } from "../discord/client.js";
import { whyNotUse } from "../discord/permissions.js";
import { toast } from "../popups/toast.js";

export const SLASH = 1;
export const USER = 2;
export const MESSAGE = 3;
const SUBCOMMANDS = new Set([1, 2]);
const NO_ANSWER = "The application did not respond";
let counter = 0;

/**
 * Return the commands of a kind in the shown channel, those that the person may not use last, with the `reason`.
 *
 * Each is `{name, label, description, options, reason}`; a subcommand is one of its own, its name after a space.
 */
export async function commandsFor({ client, store }, kind) {
  if (!store.channel) return [];
  try {
    const { commands, refused } = await client.post("commands", { channel_id: store.channel.id });
    const explained = refused.map((each) => ({ ...each, reason: whyNotUse(each, store.channel) ?? each.reason }));
    return [...commands, ...explained]
      .filter((each) => each.type === kind)
      .flatMap((each) => flat(each, store.locale));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [];
  }
}

function flat(command, locale, before = {}) {
  const named = {
    ...command,
    name: before.name ? `${before.name} ${command.name}` : command.name,
    label: before.label ? `${before.label} ${localName(command, locale)}` : localName(command, locale),
    description: command.description_localizations?.[locale] ?? command.description,
    reason: before.reason ?? command.reason,
  };
  const inner = (command.options ?? []).filter((option) => SUBCOMMANDS.has(option.type));
  return inner.length
    ? inner.flatMap((option) => flat(option, locale, named))
    : [{ ...named, options: (command.options ?? []).map((option) => localOption(option, locale)) }];
}

const localName = (each, locale) => each.name_localizations?.[locale] ?? each.name;

function localOption(option, locale) {
  return {
    ...option,
    label: localName(option, locale),
    description: option.description_localizations?.[locale] ?? option.description,
    choices: option.choices?.map((choice) => ({ ...choice, label: localName(choice, locale) })),
  };
}

/** Use a command on a message or a member. */
export async function runTargetCommand(app, command, targetId) {
  try {
    await runCommand(app, { kind: command.type, name: command.name, target_id: targetId }, { label: command.label });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
  }
}

/** Use a command in the shown channel; throws Refused where the client would not send it. */
export async function runCommand(app, payload, { label, files = [], sent = () => {} }) {
  const { store, client } = app;
  const local = { key: `local ${(counter += 1)}`, channelId: store.channel.id, name: label };
  store.local = [...store.local, local];
  app.list.toNewest();
  store.changed();
  let failed = null;
  try {
    const outcome = await client.interact("command", { channel_id: store.channel.id, ...payload }, files, sent);
    if (outcome.modal) app.openModal(outcome.modal);
    failed = outcome.succeeded ? null : NO_ANSWER;
  } finally {
    store.local = store.local.filter((each) => each !== local);
    if (failed) store.local = [...store.local, { ...local, error: failed }];
    store.changed();
  }
}
