// What the checker may find. A line is lost, duplicate, unexpected or altered; a file is miscounted, wrongly deleted,
// kept beyond its end, or stuck.

export const violationKinds = [
  "lost",
  "duplicate",
  "unexpected",
  "altered",
  "miscounted",
  "wrongly deleted",
  "left over",
  "stuck",
] as const;
export type ViolationKind = (typeof violationKinds)[number];

export interface Violation {
  readonly kind: ViolationKind;
  /** Which check found it: V1 to V16, F1 to F5. */
  readonly check: string;
  /** The file, by id or sha256, and the line if it is about one. */
  readonly subject: string;
  readonly said: string;
}

export function shownViolation({ kind, check, subject, said }: Violation): string {
  return `${kind} (${check}): ${subject}: ${said}`;
}
