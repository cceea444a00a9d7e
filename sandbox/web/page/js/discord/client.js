// Acts as the member through the sandbox's control side, and learns what became of it from the member's events.

import { Socket } from "./socket.js";

const REMEMBERED = 50; // outcomes that came before the answer that names them
const PATIENCE = 15_000; // milliseconds: well above the 3 seconds after which the local Discord itself gives up

/** The local Discord refused; the message is a sentence for the reader. */
export class Refused extends Error {}

export class Client {
  #store;
  #lost;
  #socket = null;
  #waiting = new Map(); // by interaction: who waits for its outcome
  #early = new Map(); // by interaction: outcomes that nobody waits for yet
  #parts = new Map(); // by interaction: the modal or the choices that came with it

  /** `lost` is called whenever the connection is lost, and after each attempt to have it back that fails. */
  constructor(store, lost) {
    this.#store = store;
    this.#lost = lost;
  }

  /** Be a user from now on. */
  connect(userId) {
    this.#socket?.close();
    this.#socket = new Socket(
      `/sandbox/users/${userId}/events`,
      ({ event, data }) => this.#receive(event, data),
      (connected) => {
        this.#store.connected = connected;
        this.#store.changed();
        if (!connected) this.#lost();
      },
    );
  }

  /** Ask to be told anew what the member sees, places included. */
  refresh() {
    this.#socket.send("refresh");
  }

  /** Do something as the member; `files` are those that the payload names as `{upload: n}`. */
  async post(action, payload, files = []) {
    const body = files.length ? form(payload, files) : JSON.stringify(payload);
    return await send(`/sandbox/users/${this.#store.me.id}/${action}`, body);
  }

  /** Change the world as the sandbox's administrator. */
  async administer(action, payload) {
    return await send(`/sandbox/admin/${action}`, JSON.stringify(payload));
  }

  /**
   * Start an interaction and wait for its outcome: `{succeeded, id, messageId, modal, choices}`.
   *
   * `sent` is called once it is on its way. Throws Refused where the member's client would not offer it.
   */
  async interact(action, payload, files, sent = () => {}) {
    const { id } = await this.post(action, payload, files);
    sent();
    return this.#early.get(id) ?? (await this.#outcome(id));
  }

  #outcome(id) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, { succeeded: false, id }), PATIENCE);
      this.#waiting.set(id, (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
    });
  }

  #receive(event, data) {
    if (event === "MODAL_CREATE") this.#keep(data.id, { modal: data });
    else if (event === "AUTOCOMPLETE_CHOICES") this.#keep(data.id, { choices: data.choices });
    else if (event === "INTERACTION_SUCCESS") {
      this.#settle(data.id, {
        succeeded: true,
        id: data.id,
        messageId: data.message_id,
        ...this.#parts.get(data.id),
      });
    } else if (event === "INTERACTION_FAILURE") this.#settle(data.id, { succeeded: false, id: data.id });
    else if (this.#store.apply(event, data)) this.refresh();
  }

  #keep(id, part) {
    this.#parts.set(id, part);
    forgetOldest(this.#parts);
  }

  #settle(id, outcome) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting) waiting(outcome);
    else this.#early.set(id, outcome);
    forgetOldest(this.#early);
  }
}

/** Send a request, its body JSON or a form; throws Refused with the server's own sentence. */
export async function send(path, body) {
  const headers = typeof body === "string" ? { "Content-Type": "application/json" } : {};
  const response = await fetch(path, { method: "POST", body, headers }).catch(() => {
    throw new Refused("The sandbox doesn't answer. Check that it's still running.");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? `The sandbox answered ${response.status}.`);
  return answer;
}

function form(payload, files) {
  const made = new FormData();
  made.append("payload_json", JSON.stringify(payload));
  files.forEach((file, number) => made.append(`files[${number}]`, file, file.name));
  return made;
}

function forgetOldest(map) {
  if (map.size > REMEMBERED) map.delete(map.keys().next().value);
}
