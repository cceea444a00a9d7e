// The permissions that a client looks at. https://docs.discord.com/developers/topics/permissions

import { kindOf } from "./kinds.js";

export const Permission = {
  KICK_MEMBERS: 1n << 1n,
  ADMINISTRATOR: 1n << 3n,
  MANAGE_GUILD: 1n << 5n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  ATTACH_FILES: 1n << 15n,
  MANAGE_THREADS: 1n << 34n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
  MODERATE_MEMBERS: 1n << 40n,
};

/** Tell whether a bit set, as Discord writes it, has a permission. */
export function may(bits, permission) {
  return (BigInt(bits ?? 0) & permission) !== 0n;
}

/** Say why somebody may not write in a channel, or return null where they may. */
export function whyNotWrite(channel) {
  const { name, holds } = kindOf(channel);
  if (holds) return `A ${name} holds ${holds}, not messages.`;
  const thread = channel.thread_metadata;
  if (thread?.locked && !may(channel.permissions, Permission.MANAGE_THREADS)) return "This thread is locked.";
  const needed = thread ? Permission.SEND_MESSAGES_IN_THREADS : Permission.SEND_MESSAGES;
  return may(channel.permissions, needed) ? null : "You don't have permission to send messages in this channel.";
}

/** Say why somebody may not attach files in a channel, or return null where they may. */
export function whyNotAttach(channel) {
  return may(channel.permissions, Permission.ATTACH_FILES)
    ? null
    : "You don't have permission to attach files here.";
}

const NAMES = new Map([
  [Permission.KICK_MEMBERS, "Kick Members"],
  [Permission.ADMINISTRATOR, "Administrator"],
  [Permission.MANAGE_GUILD, "Manage Server"],
  [Permission.MANAGE_MESSAGES, "Manage Messages"],
  [Permission.MODERATE_MEMBERS, "Time Out Members"],
]);

/** Say which permission somebody lacks for a command, or return null where that is not what stands in the way. */
export function whyNotUse(command, channel) {
  const needed = BigInt(command.default_member_permissions ?? 0);
  const missing = [...NAMES].filter(([bit]) => (needed & bit) !== 0n && !may(channel.permissions, bit));
  return missing.length ? `You need ${missing.map(([, name]) => name).join(" and ")} for this command.` : null;
}

/** Say what a member is to a guild, in one word. */
export function standing(guild, member) {
  if (member.user.bot) return "app";
  if (member.user.id === guild.owner_id) return "owner";
  return may(member.permissions, Permission.MODERATE_MEMBERS) ? "moderator" : "member";
}
