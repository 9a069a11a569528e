// Packages as rows: what the ledger says of each. A failed one says why in a line of its own.
import type { FileSummary } from "../../../../src/api/schemas/files.ts";
import { work } from "../../live/work.ts";
import { hrefOf } from "../../router.ts";
import { Bytes, Count, Rejects } from "../../ui/figures.tsx";
import { Foreign, Name } from "../../ui/foreign.tsx";
import { Ago, Span } from "../../ui/moment.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";

export function PackageTable({ files }: { files: readonly FileSummary[] }) {
  return (
    <div class="scroll">
      <table class="packages">
        <thead>
          <tr>
            <th scope="col" class="number roomy">
              id
            </th>
            <th scope="col">status</th>
            <th scope="col" class="wide">
              name
            </th>
            <th scope="col" class="roomy">
              satellite
            </th>
            <th scope="col" class="number roomy">
              size
            </th>
            <th scope="col" class="number roomy">
              readings
            </th>
            <th scope="col" class="number">
              rejected
            </th>
            <th scope="col" class="roomy">
              data time (UTC)
            </th>
            <th scope="col" class="number">
              claimed
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <PackageRow key={file.id} file={file} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The list is asked for when a package comes or ends; what is in work between is told by events. */
function upToDate(file: FileSummary): FileSummary {
  const now = work.value.find(({ fileId }) => fileId === file.id);
  if (now === undefined) return file;
  const { importedLines, errors } = now;
  return { ...file, importedLines, errors, satelliteType: now.satelliteType ?? file.satelliteType };
}

function PackageRow({ file: listed }: { file: FileSummary }) {
  const file = listed.status === "processing" ? upToDate(listed) : listed;
  const { id, status, error, duplicateOf } = file;
  return (
    <>
      <tr data-file-id={id}>
        <td class="number dim roomy">{id}</td>
        <td>
          <StatusMark status={status} />
        </td>
        <th scope="row" class="wide">
          <a href={hrefOf(`/packages/${id}`)}>
            <Name text={file.name} />
          </a>
        </th>
        <td class="roomy">{file.satelliteType ?? <span class="dim">–</span>}</td>
        <td class="number roomy">
          <Bytes of={file.sizeBytes} />
        </td>
        <td class="number roomy">
          <Count of={file.importedLines} />
        </td>
        <td class="number">
          <Rejects of={file.errors} />
        </td>
        <td class="roomy">
          {file.firstTimestamp === null || file.lastTimestamp === null ? (
            <span class="dim">–</span>
          ) : (
            <Span from={file.firstTimestamp} to={file.lastTimestamp} />
          )}
        </td>
        <td class="number">
          <Ago iso={file.insertedAt} />
        </td>
      </tr>
      {error !== null && (
        <tr class="detail">
          <td class="roomy" />
          <td />
          <td colSpan={7}>
            <Foreign text={error} />
          </td>
        </tr>
      )}
      {duplicateOf !== null && (
        <tr class="detail quiet">
          <td class="roomy" />
          <td />
          <td colSpan={7}>
            the same bytes as <a href={hrefOf(`/packages/${duplicateOf}`)}>package {duplicateOf}</a>
          </td>
        </tr>
      )}
    </>
  );
}
