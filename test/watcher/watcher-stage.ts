// A watcher on a real folder, with a fake intake: it notes what it is offered and answers as the test says.
import { mkdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { pathOf } from "../../src/folders/package-name.ts";
import { Events } from "../../src/observability/events.ts";
import { noFaults } from "../../src/observability/fault-points.ts";
import type { Component, Exit } from "../../src/supervisor/component.ts";
import { fileSystemWatcher, type Offer } from "../../src/watcher/file-system-watcher.ts";
import type { WatchFolder } from "../../src/watcher/hints.ts";
import { logLines } from "../observability/log-lines.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";

/** Hints that a test gives, and how often they were begun and ended. */
export class FakeHints {
  begun = 0;
  ended = 0;
  #names: string[] = [];
  #ring = (): void => {};

  readonly watchFolder: WatchFolder = (_folder, _log, onHint) => {
    this.begun += 1;
    this.#ring = onHint;
    return {
      drain: () => this.#names.splice(0),
      close: async () => {
        this.ended += 1;
      },
    };
  };

  give(...names: string[]): void {
    this.#names.push(...names);
    this.#ring();
  }
}

export interface WatcherStageOptions {
  readonly settleMs?: number;
  readonly scanIntervalMs?: number;
  /** Default: none are ever given. */
  readonly watchFolder?: WatchFolder;
  /** Default: the file is removed, as by a claim, and the offer settled. */
  readonly offer?: (offer: Offer, signal: AbortSignal) => Promise<void>;
}

export async function makeInbox(): Promise<string> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  const ingest = join(folder.path, "ingest");
  await mkdir(ingest);
  return ingest;
}

export function startWatcher(ingest: string, options: WatcherStageOptions = {}) {
  const offers: Offer[] = [];
  const logged = logLines();
  const events = new Events(logged.log);
  const filesTold: number[] = [];
  events.subscribe((event) => event.kind === "inbox_changed" && filesTold.push(event.files));
  const take = async (offer: Offer): Promise<void> => {
    await unlink(pathOf(ingest, offer.name));
    offer.settle("taken");
  };
  const { offer: answer = take, settleMs = 0, scanIntervalMs = 30 } = options;
  const component: Component = fileSystemWatcher({
    ingest,
    settleMs,
    scanIntervalMs,
    log: logged.log,
    events,
    faults: noFaults,
    watchFolder: options.watchFolder ?? new FakeHints().watchFolder,
    offer: async (offer, signal) => {
      offers.push(offer);
      await answer(offer, signal);
    },
  });
  let exit: Exit | undefined;
  void component.exited.then((ended) => {
    exit = ended;
  });
  onTestFinished(async () => {
    component.stop();
    await component.exited;
  });
  return {
    component,
    offers,
    logged,
    /** How many files the scans said there were, each time another number. */
    filesTold,
    names: (): string[] => offers.map(({ name }) => name.text).sort(),
    exit: (): Exit | undefined => exit,
  };
}
