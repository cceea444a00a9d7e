// What this tab knows: who it is, where that person is, and the messages they see. Events change it, views read it.

import { HOME, slug } from "../lib/route.js";

export const Flag = { EPHEMERAL: 1 << 6, LOADING: 1 << 7, COMPONENTS_V2: 1 << 15 };
const TYPING_LASTS = 10_000; // milliseconds, as in Discord

export class Store {
  me = null;
  locale = "en-US";
  applicationId = null;
  botOnline = false;
  connected = false;
  guilds = new Map();
  direct = null;
  messages = new Map(); // by channel, then by message
  unread = new Map(); // by channel: how many messages mention me
  typing = new Map(); // by channel: who types, until when
  pending = new Set(); // "message/custom id" of what was pressed and is not answered
  chosen = new Map(); // by "message/custom id": the values last chosen in a select
  failed = new Map(); // by message: why its last interaction failed
  dismissed = new Set();
  local = []; // commands on their way, and those that failed
  segmind = undefined; // the local Segmind's state: null while it is away
  guild = null; // of the place that is shown
  channel = null;
  replying = null; // the message that is being replied to
  epoch = 0; // grows with every READY: names, roles and channels may be others
  #listeners = new Set();
  #scheduled = false;

  /** Have `listener` called after changes, many at a time. */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  changed() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const listener of this.#listeners) listener();
    });
  }

  /** Take in an event of the member's stream; returns whether the places that they see may have changed. */
  apply(event, data) {
    this.#handlers[event]?.(data);
    this.changed();
    const isFirstDirect = event === "MESSAGE_CREATE" && !data.guild_id && !this.direct;
    return isFirstDirect || /^(CHANNEL|THREAD|GUILD)_/.test(event);
  }

  #handlers = {
    READY: (data) => this.#begin(data),
    MESSAGE_CREATE: (message) => {
      this.#messagesOf(message.channel_id).set(message.id, message);
      this.typing.get(message.channel_id)?.delete(message.author.id);
      this.#notice(message);
    },
    MESSAGE_UPDATE: (message) => this.#messagesOf(message.channel_id).set(message.id, message),
    MESSAGE_DELETE: ({ id, channel_id }) => this.#messagesOf(channel_id).delete(id),
    PRESENCE_UPDATE: ({ user, status }) => {
      if (user.id === this.applicationId) this.botOnline = status === "online";
    },
    TYPING_START: ({ channel_id, user_id }) => {
      if (user_id === this.me?.id) return;
      const typing = this.typing.get(channel_id) ?? new Map();
      this.typing.set(channel_id, typing.set(user_id, Date.now() + TYPING_LASTS));
      setTimeout(() => this.changed(), TYPING_LASTS + 50);
    },
  };

  /** Show a place of the guilds, by slugs; what is unknown leads to the first there is. */
  go(guild, channel) {
    if (guild === HOME && this.direct) {
      [this.guild, this.channel] = [null, this.direct];
    } else {
      const guilds = [...this.guilds.values()];
      this.guild = guilds.find((each) => slug(each.name) === guild) ?? guilds[0] ?? null;
      const channels = this.guild?.channels ?? [];
      this.channel = channels.find((each) => slug(each.name) === channel) ?? channels[0] ?? null;
    }
    this.replying = null;
    this.read();
    this.changed();
  }

  /** Take the channel that is shown as read, if anybody looks. */
  read() {
    if (this.channel && !document.hidden && this.unread.delete(this.channel.id)) this.changed();
  }

  shown() {
    return this.channel
      ? [...this.#messagesOf(this.channel.id).values()].filter((each) => !this.dismissed.has(each.id))
      : [];
  }

  message(channelId, id) {
    return this.#messagesOf(channelId).get(id);
  }

  /** Find a member of the shown guild. */
  member(userId) {
    return this.guild?.members.find((each) => each.user.id === userId);
  }

  /** Return the name under which somebody is known here; an app has a name like a product, not a handle. */
  nameOf(user) {
    const { username } = user;
    return (
      this.member(user.id)?.nick ??
      user.global_name ??
      (user.bot ? username[0].toUpperCase() + username.slice(1) : username)
    );
  }

  findUser(userId) {
    for (const guild of this.guilds.values()) {
      const found = guild.members.find((each) => each.user.id === userId);
      if (found) return found.user;
    }
    return this.me?.id === userId ? this.me : null;
  }

  findChannel(channelId) {
    for (const guild of this.guilds.values()) {
      const found = guild.channels.find((each) => each.id === channelId);
      if (found) return { guild, channel: found };
    }
    return null;
  }

  findRole(roleId) {
    for (const guild of this.guilds.values()) {
      const found = guild.roles.find((each) => each.id === roleId);
      if (found) return found;
    }
    return null;
  }

  #begin(data) {
    const isOther = this.me && this.me.id !== data.user.id;
    this.epoch += 1;
    this.me = data.user;
    this.locale = data.locale;
    this.applicationId = data.application_id;
    this.botOnline = data.bot_online;
    this.guilds = new Map(data.guilds.map((each) => [each.id, each]));
    this.direct = data.direct;
    const known = isOther ? new Map() : this.messages;
    this.messages = new Map();
    for (const message of data.messages) {
      // As in Discord, what only one person sees is gone with a reload, though not with a lost connection.
      const isGone = message.flags & Flag.EPHEMERAL && !known.get(message.channel_id)?.has(message.id);
      if (!isGone) this.#messagesOf(message.channel_id).set(message.id, message);
    }
    if (isOther) this.#forgetPerson();
  }

  #forgetPerson() {
    for (const each of [this.unread, this.typing, this.pending, this.chosen, this.failed, this.dismissed])
      each.clear();
    this.local = [];
    this.replying = null;
  }

  #messagesOf(channelId) {
    if (!this.messages.has(channelId)) this.messages.set(channelId, new Map());
    return this.messages.get(channelId);
  }

  #notice(message) {
    const isSeen = message.channel_id === this.channel?.id && !document.hidden;
    if (isSeen || message.author.id === this.me?.id) return;
    const mentions =
      message.mentions.some((each) => each.id === this.me?.id) || message.channel_id === this.direct?.id;
    this.unread.set(message.channel_id, (this.unread.get(message.channel_id) ?? 0) + (mentions ? 1 : 0));
  }
}
