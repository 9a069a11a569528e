// Loaded into the daemon before anything else, in each of its threads, by the scenarios that look inside it. Worker
// threads write down which thread of the system they are; the main thread measures its event loop's delay and answers
// over IPC. It changes nothing else.
import { appendFileSync, readlinkSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const resolutionMs = 5;

if (isMainThread) {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  // What is recorded is the time from one tick to the next: the tick's own length is no delay.
  const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolutionMs);
  process.on("message", (question) => {
    if (question === "begin") histogram.reset();
    const delayMs = {
      p50: ms(histogram.percentile(50)),
      p99: ms(histogram.percentile(99)),
      max: ms(histogram.max),
    };
    process.send?.(delayMs);
  });
  process.channel?.unref(); // A listener would keep the daemon alive.
} else {
  const { BENCH_THREADS_FILE: path } = process.env;
  const thread = readlinkSync("/proc/thread-self").split("/").at(-1);
  if (path !== undefined) appendFileSync(path, `${thread}\n`);
}
