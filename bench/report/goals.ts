// What is wanted of each figure. A goal is shown beside its figure and never fails a run: how fast something is depends
// on the machine.
import type { Limit } from "./result.ts";

const atMost = (limit: number): Limit => ({ kind: "at most", limit });
const atLeast = (limit: number): Limit => ({ kind: "at least", limit });

export const goals = {
  /** The daemon's time for a million lines, divided by that of binary COPY. */
  againstBinaryCopy: atMost(1.05),
  /** The other one's time divided by the daemon's. */
  againstTextCopy: atLeast(1.5),
  againstJsonb: atLeast(3.3),
  /** Time per line, 10 million lines against 1 million. */
  tenMillion: atMost(1.1),
  /** Time per line, half of them bad against none. */
  halfBad: atMost(1.5),
  residentMib: atMost(300),
  packagesPerSecond: atLeast(250),
  latencyP50Ms: atMost(60),
  latencyP99Ms: atMost(250),
  loopDelayP99Ms: atMost(50),
  /** Another user's p95 during a load in adaptive mode, divided by the idle one. */
  otherUserP95: atMost(1.5),
  /** Percent of full speed that is left beside another user. */
  speedBesideUser: atLeast(25),
  recoverySeconds: atMost(10),
  /** Time of a load beside 200 readers of the HTTP API, by that of a load alone. */
  besideReaders: atMost(1.15),
  failedRequests: atMost(0),
  /** Percent of the big package that is loaded when the last small one is complete. */
  bigPackageShare: atMost(50),
} as const satisfies Readonly<Record<string, Limit>>;
