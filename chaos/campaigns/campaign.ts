// What all campaigns share: a server, a daemon under test, and the end of a leg, at which everything must be loaded,
// every daemon must stop, and the checker must find nothing.
import { checkFinal } from "../checker/check.ts";
import type { Cleanup } from "../cleanup.ts";
import type { Build } from "../stage/build.ts";
import type { Daemon } from "../stage/daemon.ts";
import type { ChaosServer } from "../stage/server.ts";
import { type SettleLimits, untilSettled, usualLimits } from "../stage/settled.ts";
import { Station, type StationOptions } from "../stage/station.ts";
import { makeTemplate } from "../stage/template.ts";
import type { Finding, Tally } from "../tally.ts";

export interface Campaign {
  readonly server: ChaosServer;
  readonly build: Build;
  readonly cleanup: Cleanup;
  readonly template: string;
  readonly tally: Tally;
  /** The first finding ends it: for mutants, which are caught or not. */
  readonly stopsAtFinding: boolean;
  readonly limits: SettleLimits;
  /** What the campaign makes parts of the daemon throw: a crash by such an error is healed by a supervisor, or is found. */
  readonly planted: RegExp | undefined;
}

export type CampaignParts = Pick<Campaign, "server" | "build" | "cleanup" | "tally"> &
  Partial<Campaign>;

export async function openCampaign(parts: CampaignParts): Promise<Campaign> {
  const { server, build, cleanup } = parts;
  const template = parts.template ?? (await makeTemplate(server, build, cleanup));
  const usual = { stopsAtFinding: false, planted: undefined, limits: usualLimits };
  return { ...usual, ...parts, template };
}

export function openStation(
  campaign: Campaign,
  options: Omit<StationOptions, "server" | "build" | "cleanup" | "template"> = {},
): Promise<Station> {
  return Station.open({ ...campaign, ...options });
}

/** Whether the campaign has seen enough. */
export function isOver({ stopsAtFinding, tally }: Campaign): boolean {
  return stopsAtFinding && tally.findings.length > 0;
}

/** Lets everything be loaded, stops the daemons and holds the result against the manifest. */
export async function finishLeg(
  campaign: Campaign,
  station: Station,
  replay: string,
): Promise<void> {
  const { tally } = campaign;
  if (station.running.length === 0) await station.start();
  const left = await untilSettled(station, campaign.limits);
  if (left !== undefined) {
    const words = station.running.map((daemon) => daemon.lastWords()).join("\n");
    tally.add(
      [{ kind: "stuck", check: "I9", subject: station.database, said: `${left}\n${words}` }],
      replay,
    );
  }
  noticeDead(campaign, station, replay);
  for (const daemon of station.running) await stopDaemon(campaign, daemon, replay);
  noticeDead(campaign, station, replay);
  tally.add(await checkFinal(station.check), replay);
}

/** SIGTERM: exit 0 within the limit. A process that has not yet run its first line would end by the signal itself. */
export async function stopDaemon(
  { tally }: Campaign,
  daemon: Daemon,
  replay: string,
): Promise<void> {
  await daemon.ready().catch(() => {});
  const { code, ms } = await daemon.stop();
  tally.time("SIGTERM to exit", ms, replay);
  if (code !== 0) tally.add([died(`exit ${code} after SIGTERM`, daemon)], replay);
}

/** Daemons that nobody has ended, and that have ended nevertheless; and what they call errors in their log. */
export function noticeDead({ tally, planted }: Campaign, station: Station, replay: string): void {
  for (const daemon of station.daemons) {
    for (const line of daemon.alarms.splice(0)) {
      if (planted !== undefined && isHealed(line, planted)) {
        tally.count("crashes by a planted error, healed by a supervisor");
        continue;
      }
      tally.add(
        [{ kind: "alarm", check: codeIn(line), subject: `daemon ${daemon.pid}`, said: line }],
        replay,
      );
    }
    if (daemon.isRunning || daemon.isDoomed) continue;
    daemon.isDoomed = true;
    tally.add([died("ended by itself", daemon)], replay);
  }
}

/** The code of the error that a log line tells of: a check of the daemon's own, or of the database. */
function codeIn(line: string): string {
  const [, code] = /"code":"(\w+)"/.exec(line) ?? [];
  return code === undefined ? "log" : `log: ${code}`;
}

/**
 * A part of the daemon that met an error which it knows no answer to crashes, and its supervisor starts it again: that
 * is by design, and told as an error. A supervisor that gives up, or any other error, is not accepted.
 */
function isHealed(line: string, planted: RegExp): boolean {
  return line.includes('"msg":"child ended, its supervisor decides"') && planted.test(line);
}

function died(said: string, daemon: Daemon): Finding {
  return {
    kind: "died",
    check: "I11",
    subject: `daemon ${daemon.pid}`,
    said: `${said}\n${daemon.lastWords()}`,
  };
}
