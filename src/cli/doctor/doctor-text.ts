// What the doctor says, for people: a line for each finding, and below it what to do.
import { plainText } from "../../parsers/plain-text.ts";
import type { Screen } from "../context.ts";
import { countedText } from "../text/figures.ts";
import { type Brush, type Paint, paintFor } from "../text/paint.ts";
import { wrapText } from "../text/wrap.ts";
import type { Finding, Verdict } from "./finding.ts";

const gap = "  ";
const longestWords = 1_000;

export function findingLines(findings: readonly Finding[], screen: Screen): string[] {
  const paint = paintFor(screen);
  const verdictColumns = Math.max(...findings.map(({ verdict }) => verdict.length));
  const nameColumns = Math.max(...findings.map(({ name }) => name.length));
  const indent = " ".repeat(verdictColumns + nameColumns + 2 * gap.length);
  const columns = Math.max(20, screen.columns - indent.length);
  const lines = findings.flatMap(({ verdict, name, found, advice }) => {
    const head = `${brushFor(verdict, paint)(verdict.padEnd(verdictColumns))}${gap}${name.padEnd(nameColumns)}${gap}`;
    const [first = "", ...rest] = wrapText(plainText(found, longestWords), columns);
    const advised = advice === undefined ? [] : wrapText(advice, columns).map(paint.strong);
    return [head + first, ...[...rest, ...advised].map((line) => indent + line)];
  });
  return [...lines, "", summary(findings, paint)];
}

export function isWrong(findings: readonly Finding[]): boolean {
  return findings.some(({ verdict }) => verdict === "wrong");
}

function summary(findings: readonly Finding[], paint: Paint): string {
  const count = (verdict: Verdict) => findings.filter((one) => one.verdict === verdict).length;
  const [bad, poor] = [count("wrong"), count("warning")];
  if (bad > 0)
    return paint.bad(`${countedText(bad, "thing")} wrong, ${countedText(poor, "warning")}.`);
  if (poor > 0) return paint.warning(`Nothing wrong, ${countedText(poor, "warning")}.`);
  return paint.good("All is well.");
}

function brushFor(verdict: Verdict, paint: Paint): Brush {
  switch (verdict) {
    case "ok":
      return paint.good;
    case "warning":
      return paint.warning;
    case "wrong":
      return paint.bad;
    case "not checked":
      return paint.faint;
  }
}
