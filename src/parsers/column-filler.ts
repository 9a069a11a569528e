// Writes lines into columns, one after the other: what a good one says, or why a bad one is rejected.
import {
  type LineObject,
  type Reading,
  Rejection,
  rejectionReasons,
  type SatelliteType,
} from "../satellites/satellite.ts";
import { emptyReading } from "../satellites/satellite-type.ts";
import type { allocateColumns, LineColumns } from "../staging/line-columns.ts";
import { int64Writer } from "./int64-column.ts";
import { JoinedText } from "./joined-text.ts";

export class ColumnFiller {
  readonly #columns: ReturnType<typeof allocateColumns>;
  readonly #type: SatelliteType;
  readonly #reading: Reading = emptyReading();
  /** By text: 1 + its place. */
  readonly #details = new Map<string, number>();
  readonly #instruments: JoinedText;
  readonly #writeTimestamp: ReturnType<typeof int64Writer>;

  constructor(columns: ReturnType<typeof allocateColumns>, type: SatelliteType) {
    this.#columns = columns;
    this.#type = type;
    this.#instruments = new JoinedText(columns.instrumentsEnd);
    this.#writeTimestamp = int64Writer(columns.timestampUs);
  }

  /**
   * Reads a line into its columns. For each index this or `write` is to be called once, in ascending order.
   * @returns whether it is a good one
   */
  set(index: number, line: LineObject | Rejection): boolean {
    const rejection = line instanceof Rejection ? line : this.#type.normalise(line, this.#reading);
    if (rejection === undefined) this.write(index, this.#reading);
    else this.#reject(index, rejection);
    return rejection === undefined;
  }

  /** The columns that are made on the way. @param room for the instruments */
  finish(room?: Uint8Array): Pick<LineColumns, "instruments" | "details"> {
    return { instruments: this.#instruments.toBytes(room), details: [...this.#details.keys()] };
  }

  write(index: number, reading: Reading): void {
    const columns = this.#columns;
    this.#writeTimestamp(index, reading.seconds, reading.microseconds);
    columns.velocity[index] = reading.velocity;
    columns.altitude[index] = reading.altitude;
    columns.latitude[index] = reading.latitude;
    columns.longitude[index] = reading.longitude;
    this.#instruments.add(index, reading.instruments);
  }

  #reject(index: number, { reason, detail }: Rejection): void {
    this.#columns.status[index] = 1 + rejectionReasons.indexOf(reason);
    const known = this.#details.get(detail) ?? this.#details.size + 1;
    this.#details.set(detail, known);
    this.#columns.detail[index] = known;
    this.#instruments.add(index, "");
  }
}
