// The settings in force, as a component: hears of each change in the table at once, and looks every second in case it
// was not told. Who needs a setting reads `current` at each use. A row that is not valid is told once and ignored: what
// was in force before it stays.
import { EventEmitter, once } from "node:events";
import { drizzle } from "drizzle-orm/node-postgres";
import type { Database } from "../database/database.ts";
import { databaseError } from "../database/faults.ts";
import type { Session } from "../database/session.ts";
import type { Events } from "../observability/events.ts";
import type { Log } from "../observability/log.ts";
import { type Component, type Lifetime, spawn } from "../supervisor/component.ts";
import {
  complaintAbout,
  isSettingName,
  type SettingName,
  type Settings,
  settingNames,
  settingTexts,
  toSettings,
} from "./setting.ts";
import { readSettings, type SettingRow } from "./settings-table.ts";

export interface LiveSettingsOptions {
  readonly database: Database;
  /** In force until the table has been read, and wherever it has no row. */
  readonly start: Settings;
  readonly log: Log;
  readonly events: Events;
  /** Between two looks, however little is announced. Default 1000. */
  readonly pollMs?: number;
}

const defaultPollMs = 1_000;

export class LiveSettings {
  readonly #options: LiveSettingsOptions;
  readonly #bell = new EventEmitter().setMaxListeners(0);
  readonly #start: Readonly<Record<SettingName, string>>;
  #current: Settings;
  #texts: Readonly<Record<SettingName, string>>;
  /** The session on which changes are announced to us. */
  #heard: Session | undefined;
  #isRung = false;
  #isRead = false;
  /** What was told of rows that are not valid. */
  #told = new Set<string>();
  #isUnreadable = false;

  constructor(options: LiveSettingsOptions) {
    this.#options = options;
    this.#current = options.start;
    this.#start = settingTexts(options.start);
    this.#texts = this.#start;
  }

  /** The values in force at this moment. Do not keep them. */
  get current(): Settings {
    return this.#current;
  }

  /** Resolves when the table has been read once, or cannot be: until then `current` is the environment's. */
  async whenRead(signal: AbortSignal): Promise<void> {
    while (!this.#isRead) await once(this.#bell, "read", { signal });
  }

  /** Runs the component. */
  start(): Component {
    return spawn((lifetime) => this.#run(lifetime));
  }

  async #run({ stopping }: Lifetime): Promise<void> {
    while (!stopping.aborted) {
      const { session, pool } = await this.#options.database.whenReady(stopping);
      this.#isRung = false;
      try {
        await this.#hear(session);
        this.#take(await readSettings(drizzle(pool)));
        this.#isUnreadable = false;
      } catch (error) {
        this.#unreadable(error);
      }
      this.#isRead = true;
      this.#bell.emit("read");
      await this.#rest(stopping);
    }
  }

  /** Announcements end with the session, and come on the next one. */
  async #hear(session: Session): Promise<void> {
    if (session === this.#heard) return;
    await session.listen(() => this.#ring());
    this.#heard = session;
  }

  #ring(): void {
    this.#isRung = true;
    this.#bell.emit("ring");
  }

  /** An outage is told by the database component; a missing right is told here. The next look may find it put right. */
  #unreadable(error: unknown): void {
    const { log } = this.#options;
    const err = databaseError(error);
    const level = this.#isUnreadable ? "debug" : "warn";
    log[level]({ err }, "the table settings cannot be read, the old values are kept");
    this.#isUnreadable = true;
  }

  #take(rows: readonly SettingRow[]): void {
    const texts = { ...this.#start };
    const told = new Set<string>();
    for (const { name, value } of rows) {
      const complaint = complaintAbout(name, value);
      if (isSettingName(name)) texts[name] = complaint === undefined ? value : this.#texts[name];
      if (complaint === undefined) continue;
      told.add(complaint);
      if (!this.#told.has(complaint)) this.#options.log.warn({ complaint }, "a setting is ignored");
    }
    this.#told = told;
    this.#enforce(texts);
  }

  #enforce(texts: Readonly<Record<SettingName, string>>): void {
    const names = settingNames.filter((name) => texts[name] !== this.#texts[name]);
    if (names.length === 0) return;
    const changes = Object.fromEntries(names.map((name) => [name, texts[name]]));
    this.#texts = texts;
    this.#current = toSettings(texts);
    this.#options.log.info({ settings: changes }, "settings changed");
    this.#options.events.publish({ kind: "settings_changed", names });
  }

  async #rest(stopping: AbortSignal): Promise<void> {
    if (this.#isRung || stopping.aborted) return;
    const timer = setTimeout(() => this.#bell.emit("ring"), this.#options.pollMs ?? defaultPollMs);
    await once(this.#bell, "ring", { signal: stopping }).finally(() => clearTimeout(timer));
  }
}
