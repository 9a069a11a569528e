// What packages are looked for by. Each change is a new address at once; a name only when the typing rests.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Query } from "../../api/request.ts";
import { askSatelliteTypes, satelliteTypes } from "../../live/satellite-types.ts";
import { hrefOf } from "../../router.ts";

/** As in the address; empty: any. Times as a person types them, "2026-11-21 14:00", in UTC. */
export interface Filter {
  readonly status: string;
  readonly satellite: string;
  readonly name: string;
  readonly since: string;
  readonly until: string;
}

const keys = ["status", "satellite", "name", "since", "until"] as const;

export function filterOf(query: URLSearchParams): Filter {
  const [status = "", satellite = "", name = "", since = "", until = ""] = keys.map(
    (key) => query.get(key) ?? "",
  );
  return { status, satellite, name, since, until };
}

export function isFiltered(filter: Filter): boolean {
  return keys.some((key) => filter[key] !== "");
}

/** As the API is asked. */
export function questionOf({ status, satellite, name, since, until }: Filter): Query {
  return { status, satelliteType: satellite, name, since: utc(since), until: utc(until) };
}

const typedTime = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?Z?$/;

/** "2026-11-21 14:00" → "2026-11-21T14:00:00Z"; "" for what is no time. */
function utc(typed: string): string {
  const [, day, minute = "00:00", second = ":00"] = typedTime.exec(typed.trim()) ?? [];
  const iso = `${day}T${minute}${second}Z`;
  return day === undefined || Number.isNaN(Date.parse(iso)) ? "" : iso;
}

interface FiltersProps {
  readonly filter: Filter;
  readonly change: (to: Filter) => void;
}

const statuses = ["processing", "complete", "failed", "duplicate"];

export function Filters({ filter, change }: FiltersProps) {
  const set = (part: Partial<Filter>): void => change({ ...filter, ...part });
  return (
    <search class="filters">
      <Choice
        label="Status"
        value={filter.status}
        values={statuses}
        set={(status) => set({ status })}
      />
      <Choice
        label="Satellite"
        value={filter.satellite}
        values={useSatelliteTypes()}
        set={(satellite) => set({ satellite })}
      />
      <NameField value={filter.name} set={(name) => set({ name })} />
      <TimeField label="Claimed since (UTC)" value={filter.since} set={(since) => set({ since })} />
      <TimeField
        label="Claimed before (UTC)"
        value={filter.until}
        set={(until) => set({ until })}
      />
      {isFiltered(filter) && (
        <a class="button" href={hrefOf("/packages")}>
          Show all
        </a>
      )}
    </search>
  );
}

function useSatelliteTypes(): readonly string[] {
  useEffect(() => void askSatelliteTypes(), []);
  return satelliteTypes.value;
}

interface FieldProps {
  readonly value: string;
  readonly set: (value: string) => void;
}

function Choice({
  label,
  value,
  values,
  set,
}: FieldProps & { label: string; values: readonly string[] }) {
  const offered = value === "" || values.includes(value) ? values : [...values, value];
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        <option value="">any</option>
        {offered.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Text, since an input for times would show the local ones, and in twelve hours where that is the custom. */
function TimeField({ label, value, set }: FieldProps & { label: string }) {
  return (
    <label>
      {label}
      <input
        class="time-field"
        placeholder="2026-11-21 14:00"
        value={value}
        aria-invalid={value !== "" && utc(value) === ""}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      />
    </label>
  );
}

const restMs = 250;

function NameField({ value, set }: FieldProps) {
  const [draft, setDraft] = useState<string | null>(null); // What is typed and not yet asked for.
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(set); // What else is asked for may change while the typing rests.
  latest.current = set;
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (text: string): void => {
    setDraft(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setDraft(null);
      latest.current(text);
    }, restMs);
  };
  return (
    <label class="name-field">
      Name
      <input
        type="search"
        placeholder="part of the name"
        value={draft ?? value}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
    </label>
  );
}
