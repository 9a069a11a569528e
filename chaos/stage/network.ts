// The network between one daemon and the database. It can be cut, or swallow the answer to a COMMIT: it looks for the
// COMMIT in the bytes themselves, so that it needs no help from the daemon. Other than the proxy of the tests
// (test/support/database-proxy.ts), which is told when to hold answers and knows nothing of what passes.
import { EventEmitter, once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * What happens to the next COMMIT. swallow: it is carried out, and the connection ends instead of its answer. reset: the
 * connection is reset, in turn behind it and before it, so that it arrives or not. late: the daemon's side is cut at once, while the server
 * still works on it. rollback: something fails in the transaction just before, and nobody says so: the COMMIT is
 * answered, by ROLLBACK.
 */
export type CommitFault = "swallow" | "reset" | "late" | "rollback";

interface Link {
  readonly daemon: Socket;
  readonly server: Socket;
  swallows: boolean;
  /** The server's next answer is to a query that the daemon does not know of. */
  hidesAnswer: boolean;
}

/** The message of the simple query protocol, and the tag that answers it. */
const commitQuery = message("Q", "COMMIT");
const commitTag = message("C", "COMMIT");
const failingQuery = message("Q", "SELECT 1 / 0");
/** "Ready for query, in a failed transaction": the end of its answer. */
const failedTransaction = Buffer.from("Z\0\0\0\x05E", "latin1");

export class Network {
  readonly #target: URL;
  readonly #links = new Set<Link>();
  readonly #bell = new EventEmitter().setMaxListeners(0);
  #listener: Server | undefined;
  #port = 0;
  #fault: CommitFault | undefined;
  #faultsDone = 0;
  #commits = 0;
  #requests = 0;
  #cutAt = Number.POSITIVE_INFINITY;

  /** @param url the database's. */
  constructor(url: string) {
    this.#target = new URL(url);
  }

  async open(): Promise<void> {
    const listener = createServer({ noDelay: true }, (daemon) => this.#forward(daemon));
    listener.listen(this.#port, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.#port = address.port;
    this.#listener = listener;
  }

  /** The database's URL through this network. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String(this.#port);
    return url.href;
  }

  /** COMMITs whose answer has reached the daemon. */
  get commits(): number {
    return this.#commits;
  }

  /** COMMITs whose answer has not, because of `failNextCommit`. */
  get faultsDone(): number {
    return this.#faultsDone;
  }

  /** The ports by which the server knows these connections. */
  get clientPorts(): number[] {
    return [...this.#links].flatMap(({ server }) => server.localPort ?? []);
  }

  /** Messages of the daemon, as far as they came one by one. */
  get requests(): number {
    return this.#requests;
  }

  /** Cuts all connections instead of passing the n-th message on. */
  cutAtRequest(nth: number): void {
    this.#cutAt = nth;
  }

  /** Resolves when the daemon has been told of `count` COMMITs in all, and at the signal. */
  committed(count: number, signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#commits >= count, signal);
  }

  /** Resolves when `count` COMMITs in all went wrong, and at the signal. */
  failed(count: number, signal: AbortSignal): Promise<void> {
    return this.#until(() => this.#faultsDone >= count, signal);
  }

  failNextCommit(fault: CommitFault | undefined): void {
    this.#fault = fault;
  }

  /** Cuts all connections. New ones come through. */
  cut(): void {
    for (const { daemon, server } of this.#links) {
      daemon.resetAndDestroy();
      server.destroy();
    }
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

  async #until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isTrue() && !signal.aborted) {
      await once(this.#bell, "change", { signal }).catch(() => {});
    }
  }

  #forward(daemon: Socket): void {
    const port = Number(this.#target.port);
    const server = connect({ port, host: "127.0.0.1", noDelay: true });
    const link: Link = { daemon, server, swallows: false, hidesAnswer: false };
    this.#links.add(link);
    daemon.on("data", (bytes) => this.#fromDaemon(link, bytes));
    server.on("data", (bytes) => this.#fromServer(link, bytes));
    for (const [from, to] of [
      [daemon, server],
      [server, daemon],
    ] as const) {
      from.on("error", () => {});
      from.on("close", () => {
        this.#links.delete(link);
        if (!link.swallows) to.destroy(); // A late COMMIT goes on without the daemon.
      });
    }
  }

  #fromDaemon(link: Link, bytes: Buffer): void {
    this.#requests++;
    if (this.#requests === this.#cutAt) {
      this.cut();
      return;
    }
    const fault = bytes.includes(commitQuery) ? this.#fault : undefined;
    const arrives = fault !== "reset" || this.#faultsDone % 2 === 0;
    if (fault === "rollback") link.server.write(failingQuery);
    if (arrives && !link.server.destroyed) link.server.write(bytes);
    if (fault === undefined) return;
    this.#fault = undefined;
    this.#faultsDone++;
    link.hidesAnswer = fault === "rollback";
    link.swallows = fault === "swallow" || fault === "late";
    if (fault === "reset" || fault === "late") link.daemon.resetAndDestroy();
    this.#bell.emit("change");
  }

  #fromServer(link: Link, bytes: Buffer): void {
    if (link.swallows) {
      link.daemon.resetAndDestroy();
      link.server.destroy();
      return;
    }
    const shown = link.hidesAnswer ? behindAnswer(link, bytes) : bytes;
    if (!link.daemon.destroyed && shown.length > 0) link.daemon.write(shown);
    if (!shown.includes(commitTag)) return;
    this.#commits++;
    this.#bell.emit("change");
  }
}

function behindAnswer(link: Link, bytes: Buffer): Buffer {
  const end = bytes.indexOf(failedTransaction);
  if (end === -1) return Buffer.alloc(0);
  link.hidesAnswer = false;
  return bytes.subarray(end + failedTransaction.length);
}

function message(type: string, text: string): Buffer {
  const bytes = Buffer.alloc(5 + text.length + 1);
  bytes.write(type);
  bytes.writeInt32BE(4 + text.length + 1, 1);
  bytes.write(text, 5);
  return bytes;
}
