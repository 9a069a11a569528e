// A bounded queue between one receiver and those who send to it. It knows neither what the messages mean nor what
// becomes of a message after it was taken.
//
// open    messages come in by `put` (waits while full) and `push` (does not), and are taken in that order
// closed  nothing comes in any more; what is inside is still taken, then `take` gives undefined

interface Sender<Message> {
  readonly message: Message;
  readonly settle: (delivered: boolean) => void;
}

export class Mailbox<Message extends object> {
  readonly #capacity: number;
  readonly #messages: Message[] = [];
  /** Those who found it full, first come first served. Empty unless it is full. */
  readonly #senders = new Set<Sender<Message>>();
  /** Set while the receiver waits. Then it is empty. */
  #receiver: ((message: Message | undefined) => void) | undefined;
  #open = true;

  /** @param capacity messages it holds, an integer >= 1 */
  constructor(capacity: number) {
    if (!(Number.isSafeInteger(capacity) && capacity >= 1)) {
      throw new RangeError(`expected a capacity that is an integer >= 1, got ${capacity}`);
    }
    this.#capacity = capacity;
  }

  /**
   * Resolves with true when the message is inside, with false when the mailbox is closed instead. Whoever waits is
   * never overtaken, so messages keep their order also for a sender that does not await each.
   *
   * @param signal ends the wait: rejects with its reason, and the message is not sent
   */
  async put(message: Message, signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    if (this.#open && this.#messages.length >= this.#capacity)
      return this.#queueUp(message, signal);
    return this.push(message);
  }

  /** Puts the message inside also if that is full: for messages whose number has another bound. False when closed. */
  push(message: Message): boolean {
    if (!this.#open) return false;
    if (this.#receiver === undefined) this.#messages.push(message);
    else this.#hand(message);
    return true;
  }

  /** The next message; waits for one. Undefined when the mailbox is closed and empty. One receiver at a time. */
  take(): Promise<Message | undefined> {
    const message = this.#messages.shift();
    if (message !== undefined) this.#admit();
    if (message !== undefined || !this.#open) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.#receiver = resolve;
    });
  }

  /** Takes nothing more in, and refuses who waits. `drop` also throws away what is inside. May be called again. */
  close(then: "drain" | "drop"): void {
    this.#open = false;
    if (then === "drop") this.#messages.length = 0;
    for (const { settle } of this.#senders) settle(false);
    this.#senders.clear();
    this.#hand(undefined);
  }

  #hand(message: Message | undefined): void {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.(message);
  }

  #admit(): void {
    if (this.#messages.length >= this.#capacity) return;
    for (const sender of this.#senders) {
      this.#senders.delete(sender);
      this.#messages.push(sender.message);
      sender.settle(true);
      return;
    }
  }

  #queueUp(message: Message, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const settle = (delivered: boolean): void => {
        signal?.removeEventListener("abort", giveUp);
        resolve(delivered);
      };
      const sender = { message, settle };
      const giveUp = (): void => {
        this.#senders.delete(sender);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#senders.add(sender);
    });
  }
}
