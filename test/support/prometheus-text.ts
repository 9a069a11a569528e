// The answer of /metrics, read by a parser that is not ours.
import parse, { type ParsedSample } from "parse-prometheus-text-format";

export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

/** By name. A histogram's samples are how often it was observed. @throws on text that is not in the format */
export function parsePrometheus(text: string): Map<string, Family> {
  // The parser makes one of all series of a histogram: those it reads as samples of no type.
  const untyped = parse(text.replace(/^# TYPE \S+ histogram$/gm, ""));
  const samplesOf = (series: string): Sample[] =>
    untyped.flatMap(({ name, metrics }) => (name === series ? metrics.map(toSample) : []));
  const families = parse(text).map(({ name, help, type }): [string, Family] => {
    const samples = samplesOf(type === "HISTOGRAM" ? `${name}_count` : name);
    return [name, { name, help, type, samples }];
  });
  return new Map(families);
}

function toSample({ value, labels = {} }: ParsedSample): Sample {
  return { value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value), labels };
}

/** Every name that an expression may ask for: of a histogram those of its parts. */
export function seriesNames(families: ReadonlyMap<string, Family>): Set<string> {
  const names = [...families.values()].flatMap(({ name, type }) =>
    type === "HISTOGRAM" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return new Set(names);
}

/** The one sample with these labels. */
export function sampleOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const found = families
    .get(name)
    ?.samples.filter((sample) => wanted.every(([label, value]) => sample.labels[label] === value));
  return found?.length === 1 ? found[0]?.value : undefined;
}
