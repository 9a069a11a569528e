// Waits for a daemon's folders: a package's row says its end first, and its file goes after that.
import { filesIn } from "./daemon.ts";
import { until } from "./until.ts";

/** Nothing is in the inbox or in work any more. */
export async function atRest(dir: string): Promise<void> {
  const isAtRest = async () => {
    const { ingest, processing } = await filesIn(dir);
    return ingest?.length === 0 && processing?.length === 0;
  };
  await until("empty folders ingest and processing", isAtRest, 20_000);
}
