// Text that came from outside: names of packages, values of instruments, lines. It is text, never markup; what would
// hide, or turn around what stands beside it, is made visible.
import { shownText, textRuns } from "../format/raw-text.ts";

/** One line, cut at the edge of its box; the title has more of it. */
export function Name({ text }: { text: string }) {
  const shown = shortened(shownText(text));
  return (
    <bdi class="name" title={shown}>
      {shown}
    </bdi>
  );
}

/** As many lines as it needs, up to some. */
export function Foreign({ text }: { text: string }) {
  return <bdi class="foreign">{shortened(shownText(text))}</bdi>;
}

/** A value of an instrument can be a megabyte. */
const longestText = 600;

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}

const longestRuns = 4_000;

/** A raw line, with its control characters named. */
export function RawText({ text }: { text: string }) {
  const runs = textRuns(text).slice(0, longestRuns);
  return (
    <bdi class="raw" dir="ltr">
      {runs.map((run) => (run.isControl ? <span class="control">{run.text}</span> : run.text))}
    </bdi>
  );
}
