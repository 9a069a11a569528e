// Why lines of a package were rejected: the reasons as bars, and the lines themselves, page by page.
import { useState } from "preact/hooks";
import type { FileStory } from "../../../../src/api/schemas/files.ts";
import type { RejectedLine } from "../../../../src/api/schemas/rejects.ts";
import { useResource } from "../../api/resource.ts";
import { getRejects } from "../../api/routes.ts";
import { countOf, countText } from "../../format/count.ts";
import { hrefOf } from "../../router.ts";
import { Bars } from "../../ui/bars.tsx";
import { Foreign, RawText } from "../../ui/foreign.tsx";
import { Pager, type Place } from "../../ui/pager.tsx";
import { Panel, Waiting } from "../../ui/panel.tsx";
import { Scroll } from "../../ui/scroll.tsx";

const linesPerPage = 25;
/** Of each line; the rest is in the database. */
const rawBytes = 512;

export function Rejects({ of, query }: { of: FileStory; query: URLSearchParams }) {
  if (of.errors === 0) return null;
  const chosen = query.get("reason") ?? "";
  const zoom = { from: query.get("from") ?? "", to: query.get("to") ?? "" };
  const stored = of.rejectsByReason.reduce((sum, { count }) => sum + count, 0);
  const href = (reason: string): string => hrefOf(`/packages/${of.id}`, { ...zoom, reason });
  const bars = of.rejectsByReason.map(({ reason, count }) => {
    const isChosen = reason === chosen;
    return { label: reason, count, isChosen, href: href(isChosen ? "" : reason) };
  });
  return (
    <div class="columns rejects">
      <Panel title="Reasons" aside={countOf(of.errors, "line")}>
        <Bars bars={bars} total={stored} />
        {stored < of.errors && (
          <p class="body dim small">
            {countText(of.errors - stored)} more were counted and not stored.
            {of.status === "complete" && " The package was archived whole."}
          </p>
        )}
      </Panel>
      <RejectedLines
        key={chosen}
        fileId={of.id}
        reason={chosen}
        errors={of.errors}
        clear={href("")}
      />
    </div>
  );
}

interface RejectedLinesProps {
  readonly fileId: number;
  readonly reason: string;
  /** Another number is another list. */
  readonly errors: number;
  /** The address without a reason. */
  readonly clear: string;
}

function RejectedLines({ fileId, reason, errors, clear }: RejectedLinesProps) {
  const [after, setAfter] = useState<Place>(undefined);
  const page = useResource(`rejects ${fileId} ${reason} ${errors} ${after}`, (abort) =>
    getRejects(fileId, { reason, after, limit: linesPerPage, rawBytes }, abort),
  );
  const { body, problem } = page.state.value;
  const [isWhole, setIsWhole] = useState(false);
  const aside = (
    <span class="controls">
      {reason !== "" && <a href={clear}>all reasons</a>}
      <label>
        <input
          type="checkbox"
          checked={isWhole}
          onChange={({ currentTarget }) => setIsWhole(currentTarget.checked)}
        />
        whole lines
      </label>
    </span>
  );
  return (
    <Panel title={reason === "" ? "Rejected lines" : `Rejected lines: ${reason}`} aside={aside}>
      {body === undefined && <Waiting problem={problem} />}
      {body !== undefined && <LinesTable lines={body.rejects} isWhole={isWhole} />}
      <Pager at={after} next={body?.next} go={setAfter} />
    </Panel>
  );
}

interface LinesTableProps {
  readonly lines: readonly RejectedLine[];
  /** Else two lines of text of each. */
  readonly isWhole: boolean;
}

function LinesTable({ lines, isWhole }: LinesTableProps) {
  return (
    <Scroll label="Lines">
      <table class={isWhole ? "lines" : "lines short"}>
        <thead>
          <tr>
            <th scope="col" class="number">
              line
            </th>
            <th scope="col">reason</th>
            <th scope="col">detail</th>
            <th scope="col" class="wide">
              raw
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.line}>
              <td class="number" title={`at byte ${countText(line.byteOffset)}`}>
                {countText(line.line)}
              </td>
              <td>
                <code>{line.reason}</code>
              </td>
              <td class="wrap detail">
                <Foreign text={line.detail ?? ""} />
              </td>
              <td class="wide wrap">
                <div class="raw-box">
                  <RawText text={line.text} />
                </div>
                {line.rawBytes > rawBytes && (
                  <div class="dim small">
                    the first {rawBytes} of {countText(line.rawBytes)} bytes
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
