// A database with the schema, made by the daemon itself and copied for each leg, which is faster than migrating anew.
import type { Cleanup } from "../cleanup.ts";
import type { Build } from "./build.ts";
import type { ChaosServer } from "./server.ts";
import { Station } from "./station.ts";

/** @returns the name of a database that nobody is connected to */
export async function makeTemplate(
  server: ChaosServer,
  build: Build,
  cleanup: Cleanup,
): Promise<string> {
  const station = await Station.open({ server, build, cleanup, template: "template1" });
  const daemon = await station.start();
  await daemon.ready();
  const { code } = await daemon.stop();
  if (code !== 0)
    throw new Error(`the daemon does not even start: exit ${code}\n${daemon.lastWords()}`);
  const template = `template_${process.pid}`;
  await server.createDatabase(template, station.database);
  await station.close();
  return template;
}
