// The server's settings, and why. They go to the server as arguments at each start, so that a change here needs no
// change of an existing cluster; postgresql.conf is left to the person who owns the cluster.
import { join } from "node:path";

export interface SettingOptions {
  readonly port: number;
  readonly logDir: string;
  /** false: no fsync. Fast, survives kill -9, and is corrupt after a crash of the machine: for tests. */
  readonly durable: boolean;
  readonly extra: Readonly<Record<string, string>>;
}

/** Far more than the daemon's pool and its parsers need; leaves room for psql and dashboards. */
const maxConnections = "50";

/** synchronous_commit stays on: without fsync it costs nothing, and a server that is killed then loses no commit. */
const unsafeButFast = {
  fsync: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
};

/** The arguments of `postgres` that make these settings. */
export function settingArguments({ port, logDir, durable, extra }: SettingOptions): string[] {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    // A socket brought nothing (177 against 199 k rows/s), and its path must be shorter than 107 bytes.
    unix_socket_directories: "",
    port: String(port),
    max_connections: maxConnections,
    // A load writes much WAL at once. Fewer checkpoints mean fewer full pages written again.
    max_wal_size: "2GB",
    // Two million lines' worth of log files are kept to be written over. A new one is 16 MB that have to be written and
    // synced first, 23 ms in which no commit of anybody comes through.
    min_wal_size: "512MB",
    checkpoint_timeout: "15min",
    wal_compression: "on",
    timezone: "UTC",
    // A week of logs, one file for each weekday, so that they are bounded.
    logging_collector: "on",
    log_directory: logDir,
    log_filename: "postgresql-%a.log",
    log_file_mode: "0640",
    log_rotation_age: "1d",
    log_truncate_on_rotation: "on",
    log_checkpoints: "off",
    ...(durable ? {} : unsafeButFast),
    ...extra,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** What the server says before it has opened its own log, and why it did not start. */
export function startLogFile(logDir: string): string {
  return join(logDir, "start.log");
}
