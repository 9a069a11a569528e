// A TCP proxy before the database: the network between daemon and server, and what can happen to it.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

interface Link {
  readonly daemon: Socket;
  readonly server: Socket;
}

export class DatabaseProxy {
  readonly #target: URL;
  readonly #links = new Set<Link>();
  #listener: Server | undefined;
  #port = 0;

  /** @param url the database's. Nothing listens before `open`. */
  constructor(url: string) {
    this.#target = new URL(url);
  }

  /** Begins to listen; after a `close`, on the same port again. */
  async open(): Promise<void> {
    const listener = createServer((daemon) => this.#forward(daemon));
    listener.listen(this.#port, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.#port = (address satisfies AddressInfo).port;
    this.#listener = listener;
  }

  /** The database's URL through the proxy. Its port is known after the first `open`. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = "127.0.0.1";
    url.port = String(this.#port);
    return url.href;
  }

  /** From now on nothing that the server says arrives, on the connections that there are. */
  holdAnswers(): void {
    for (const { server } of this.#links) server.removeAllListeners("data").resume();
  }

  /** From now on nothing that the daemon says arrives, on the connections that there are. */
  holdRequests(): void {
    for (const { daemon } of this.#links) daemon.removeAllListeners("data").resume();
  }

  /** From now on nothing of what the daemon says is taken, until it is told to `goOn`: its own memory fills up. */
  stall(): void {
    for (const { daemon } of this.#links) daemon.pause();
  }

  goOn(): void {
    for (const { daemon } of this.#links) daemon.resume();
  }

  /** From now on nothing arrives on the connections that there are, in neither direction, not even their end. */
  partition(): void {
    for (const link of this.#links) {
      for (const socket of [link.daemon, link.server]) {
        socket.removeAllListeners("data").removeAllListeners("close").resume();
      }
    }
  }

  /** Cuts all connections. New ones come through. */
  cut(): void {
    for (const { daemon, server } of this.#links) {
      daemon.destroy();
      server.destroy();
    }
    this.#links.clear();
  }

  /** Cuts all connections, and lets no new one through. May be called twice. */
  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    const closed = listener && once(listener, "close");
    listener?.close();
    this.cut();
    await closed;
  }

  #forward(daemon: Socket): void {
    const server = connect(Number(this.#target.port || 5432), this.#target.hostname);
    const link = { daemon, server };
    this.#links.add(link);
    for (const [from, to] of [
      [daemon, server],
      [server, daemon],
    ] as const) {
      from.on("data", (bytes) => {
        if (!to.destroyed) to.write(bytes);
      });
      from.on("error", () => {});
      from.on("close", () => {
        this.#links.delete(link);
        to.destroy();
      });
    }
  }
}
