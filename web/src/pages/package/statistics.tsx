// The figures of a package.
import type { FileStory } from "../../../../src/api/schemas/files.ts";
import { countText, percentText } from "../../format/count.ts";
import { durationText } from "../../format/quantity.ts";
import { shownText } from "../../format/raw-text.ts";
import { epochSeconds } from "../../format/time.ts";
import { hrefOf } from "../../router.ts";
import { Bytes, Count, Rejects, Unit } from "../../ui/figures.tsx";
import { Moment } from "../../ui/moment.tsx";
import { Panel } from "../../ui/panel.tsx";
import { missingFileText } from "./missing-file.ts";

export function Statistics({ of }: { of: FileStory }) {
  const { firstTimestamp, lastTimestamp, header, place } = of;
  return (
    <Panel title="Statistics">
      <dl class="body facts">
        <dt>Size</dt>
        <dd>
          <Bytes of={of.sizeBytes} /> <span class="dim">({countText(of.sizeBytes)} B)</span>
        </dd>
        <dt>Lines</dt>
        <dd>
          <Count of={of.totalLines} />
        </dd>
        <dt>Readings</dt>
        <dd>
          <Count of={of.importedLines} />
        </dd>
        <dt>Rejected</dt>
        <dd>
          <Rejects of={of.errors} />
          {of.errors > 0 && (
            <Unit>{`lines, ${percentText(of.errors / Math.max(1, of.totalLines), 1)} %`}</Unit>
          )}
        </dd>
        {firstTimestamp !== null && lastTimestamp !== null && (
          <>
            <dt>First reading</dt>
            <dd>
              <Moment iso={firstTimestamp} />
            </dd>
            <dt>Last reading</dt>
            <dd>
              <Moment iso={lastTimestamp} />{" "}
              <span class="dim">
                +{durationText(epochSeconds(lastTimestamp) - epochSeconds(firstTimestamp))}
              </span>
            </dd>
          </>
        )}
        {header !== null && header !== undefined && (
          <>
            <dt>Header</dt>
            <dd>
              <code>
                <bdi class="foreign clamped">{shownText(JSON.stringify(header))}</bdi>
              </code>
            </dd>
          </>
        )}
        <dt>SHA-256</dt>
        <dd>
          <code>{of.sha256 ?? "–"}</code>
        </dd>
        <dt>File</dt>
        <dd>
          {place === null ? (
            <span class="dim">{missingFileText(of.status)}</span>
          ) : (
            <code>
              <bdi class="foreign">{shownText(place.path)}</bdi>
            </code>
          )}
        </dd>
        {of.owner !== null && (
          <>
            <dt>Owner</dt>
            <dd>
              <code>{shownText(of.owner)}</code>
            </dd>
          </>
        )}
        {of.duplicates.length > 0 && (
          <>
            <dt>Came again as</dt>
            <dd>
              {of.duplicates.map((id, index) => (
                <>
                  {index > 0 && ", "}
                  <a href={hrefOf(`/packages/${id}`)}>{id}</a>
                </>
              ))}
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}
