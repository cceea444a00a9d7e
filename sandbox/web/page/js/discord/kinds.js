// The kinds of channels: what each is called, its icon, and what it holds.

const KINDS = {
  0: { name: "text channel", icon: "hash" },
  2: { name: "voice channel", icon: "sound" },
  4: { name: "category", icon: "down", holds: "channels" },
  5: { name: "announcement channel", icon: "hash" },
  11: { name: "thread", icon: "thread", isThread: true },
  12: { name: "private thread", icon: "lock", isThread: true },
  13: { name: "stage channel", icon: "sound" },
  15: { name: "forum channel", icon: "people", holds: "posts" },
  16: { name: "media channel", icon: "image", holds: "posts" },
};

/** Return the kind of a channel: `{name, icon, isThread, holds}`; `holds` is set where it takes no messages. */
export function kindOf(channel) {
  return KINDS[channel.type] ?? KINDS[0];
}
