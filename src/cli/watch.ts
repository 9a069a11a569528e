// The command `watch`: packages as they load. On a terminal with live progress bars; in a pipe a line for each end of a
// package and for what a person should notice.
import type { Command } from "commander";
import { type Status, statusSchema } from "../api/schemas/status.ts";
import type { Config } from "../config.ts";
import type { Context } from "./context.ts";
import { type Asked, askDaemon } from "./daemon/ask-daemon.ts";
import { daemonEvents, type Told } from "./daemon/event-stream.ts";
import { CommandError } from "./failure.ts";
import { interruptible } from "./interruptible.ts";
import { workLines } from "./status/work-lines.ts";
import { LiveScreen } from "./text/live-screen.ts";
import { paintFor } from "./text/paint.ts";
import { Board } from "./watch/board.ts";
import { eventLine, noteLine } from "./watch/event-text.ts";

interface Options {
  readonly json?: true;
}

const examples = `
Until Ctrl-C. Times are UTC. With --json each event is one line, as /api/v1/events
tells it. A daemon that goes away is waited for. Needs the running daemon.

Examples:
  $ npx downlink watch
  $ npx downlink watch --json | jq -c 'select(.kind == "package_failed")'`;

/** Between two looks at the whole status. */
const lookMs = 2_000;

export function addWatch(program: Command, context: Context): void {
  program
    .command("watch")
    .summary("show packages as they load")
    .description(
      "Shows live progress of the packages that load, and what became of those that did.",
    )
    .option("--json", "print the events, one JSON object a line")
    .addHelpText("after", examples)
    .action((options: Options) => watch(options, context));
}

async function watch({ json }: Options, context: Context): Promise<void> {
  const config = context.config();
  const first = await askStatus(config);
  if (first.kind === "silent") throw new CommandError(first.why);
  await interruptible(async (signal) => {
    if (json) return printEvents(config, context, signal);
    const view = new WatchView(context, first.answer);
    try {
      await view.run(config, signal);
    } finally {
      view.end();
    }
  });
}

function askStatus(config: Config): Promise<Asked<Status>> {
  return askDaemon(config, "/api/v1/status", statusSchema);
}

async function printEvents(config: Config, { print, remark }: Context, signal: AbortSignal) {
  for await (const told of daemonEvents(config, signal)) {
    if (told.kind === "event") print(JSON.stringify(told.event));
    else if (told.kind === "lost") remark(told.why);
  }
}

class WatchView {
  readonly #context: Context;
  readonly #screen: LiveScreen;
  readonly #board = new Board();
  #isLost = false;

  constructor(context: Context, { work }: Status) {
    this.#context = context;
    const { write, screen } = context;
    this.#screen = new LiveScreen({ write, isTerminal: screen.rows !== undefined });
    this.#board.replace(work);
    this.#draw();
  }

  async run(config: Config, signal: AbortSignal): Promise<void> {
    const look = async (): Promise<void> => {
      const asked = await askStatus(config).catch(() => undefined); // The events say what is wrong.
      if (asked?.kind === "answered") this.#board.replace(asked.answer.work);
      this.#draw();
    };
    const looks = setInterval(() => void look(), lookMs);
    try {
      for await (const told of daemonEvents(config, signal)) {
        this.#take(told);
        this.#draw();
      }
    } finally {
      clearInterval(looks);
    }
  }

  end(): void {
    this.#screen.end();
  }

  #take(told: Told): void {
    const { screen } = this.#context;
    if (told.kind === "event") {
      this.#board.take(told.event);
      const line = eventLine(told.event, screen);
      if (line !== undefined) this.#screen.keep([line]);
      return;
    }
    const isNews = (told.kind === "lost") !== this.#isLost;
    this.#isLost = told.kind === "lost";
    if (!isNews) return;
    if (this.#isLost) this.#board.replace([]);
    const paint = paintFor(screen);
    const [says, brush] =
      told.kind === "lost"
        ? [`${told.why}; waiting for it`, paint.bad]
        : ["the daemon answers", paint.good];
    this.#screen.keep([noteLine(new Date().toISOString(), says, brush, screen)]);
  }

  #draw(): void {
    const { screen } = this.#context;
    const work = this.#board.work();
    const most = Math.max(1, (screen.rows ?? work.length) - 3);
    const lines = workLines(work.slice(0, most), screen);
    const rest = work.length > most ? [`and ${work.length - most} more`] : [];
    const none = paintFor(screen).faint("no packages in work");
    this.#screen.draw(["", ...(work.length === 0 ? [none] : [...lines, ...rest])]);
  }
}
