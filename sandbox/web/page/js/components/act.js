// Using a component of a message: sent, waited for, and shown as failed where nothing came of it.

import { Refused } from "../discord/client.js";

export const FAILED = "This interaction failed";

/** Name a component for as long as its message is there. */
export function keyOf(message, component) {
  return `${message.id}/${component.custom_id}`;
}

/** Use a component, with the values of a select; a second use before the answer does nothing. */
export async function act(app, message, component, values) {
  const { store, client } = app;
  const key = keyOf(message, component);
  if (store.pending.has(key)) return;
  store.pending.add(key);
  store.failed.delete(message.id);
  store.changed();
  try {
    const place = { channel_id: message.channel_id, message_id: message.id, custom_id: component.custom_id };
    const outcome = await client.interact("component", values ? { ...place, values } : place);
    if (!outcome.succeeded) store.failed.set(message.id, FAILED);
    if (outcome.modal) app.openModal(outcome.modal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    store.failed.set(message.id, error.message);
  } finally {
    store.pending.delete(key);
    store.changed();
  }
}
