// The daemon's entry point. A signal may come while the program is still being read: nothing has begun then, so it
// ends at once. That is why the daemon is imported here and not above.
const leave = (): never => process.exit(0);
const signals = ["SIGTERM", "SIGINT"] as const;
for (const signal of signals) process.on(signal, leave);

const { runDaemon } = await import("./daemon.ts");
const { noFaults } = await import("./observability/fault-points.ts");

const ended = runDaemon(noFaults); // From here on it answers signals itself.
for (const signal of signals) process.off(signal, leave);
process.exit(await ended);
