// A socket that comes back by itself: after a second, then ever later up to ten.

const FIRST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 10_000;

export class Socket {
  #path;
  #receive;
  #status;
  #socket = null;
  #wait = FIRST_WAIT;
  #timer = null;
  #closed = false;

  /** Hand every message, decoded, to `receive`, and to `status` whether the socket is open. */
  constructor(path, receive, status = () => {}) {
    this.#path = path;
    this.#receive = receive;
    this.#status = status;
    this.#open();
  }

  send(text) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (socket.readyState === WebSocket.CONNECTING)
      socket.onopen = () => socket.close(); // before that it is an error
    else socket.close();
  }

  #open() {
    const url = new URL(this.#path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.hash = "";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#wait = FIRST_WAIT;
      if (!this.#closed) this.#status(true);
    };
    socket.onmessage = ({ data }) => {
      if (!this.#closed) this.#receive(JSON.parse(data));
    };
    socket.onclose = () => {
      if (this.#closed) return;
      this.#status(false);
      this.#timer = setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    };
  }
}
