// What can be done with a message: reply, the apps' message commands, delete.

import { Refused } from "../discord/client.js";
import { Flag } from "../discord/store.js";
import { may, Permission, whyNotWrite } from "../discord/permissions.js";
import { commandsFor, MESSAGE, runTargetCommand } from "../composer/commands.js";
import { openMenu } from "./menu.js";
import { toast } from "./toast.js";

export async function openMessageMenu(app, message, opener) {
  const { store, client } = app;
  const isEphemeral = (message.flags & Flag.EPHEMERAL) !== 0;
  const apps = isEphemeral ? [] : await commandsFor(app, MESSAGE);
  const isMine = message.author.id === store.me.id;
  const mayDelete = isMine || may(store.channel.permissions, Permission.MANAGE_MESSAGES);
  const remove = () =>
    client.post("delete", { channel_id: message.channel_id, message_id: message.id }).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      toast(error.message);
    });
  openMenu(opener, "Message", [
    isEphemeral
      ? null
      : { label: "Reply", icon: "reply", reason: whyNotWrite(store.channel), run: () => app.replyTo(message) },
    message.content ? { label: "Copy text", run: () => copy(message.content) } : null,
    apps.length ? { title: "Apps" } : null,
    ...apps.map((command) => ({
      label: command.label,
      icon: "film",
      reason: command.reason,
      run: () => runTargetCommand(app, command, message.id),
    })),
    isEphemeral
      ? null
      : {
          label: "Delete message",
          danger: true,
          reason: mayDelete ? null : "You can't delete other people's messages here.",
          run: remove,
        },
    isEphemeral ? { label: "Dismiss message", run: () => (store.dismissed.add(message.id), store.changed()) } : null,
  ]);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    toast("The browser doesn't allow this page to copy.");
  }
}
