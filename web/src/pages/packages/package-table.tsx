// Packages as rows: what the ledger says of each. A failed one says why in a line of its own.
import type { FileSummary } from "../../../../src/api/schemas/files.ts";
import { work } from "../../live/work.ts";
import { hrefOf } from "../../router.ts";
import { Bytes, Count, Rejects } from "../../ui/figures.tsx";
import { Foreign, Name } from "../../ui/foreign.tsx";
import { Ago, Span } from "../../ui/moment.tsx";
import { Scroll } from "../../ui/scroll.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { type Order, orderAfter, type SortKey } from "./order.ts";

interface PackageTableProps {
  readonly files: readonly FileSummary[];
  /** With it the heads of columns are buttons that change it. */
  readonly order?: Order;
  readonly sortBy?: (order: Order) => void;
}

interface Column {
  readonly title: string;
  readonly class: string;
  readonly sort?: SortKey;
}

const columns: readonly Column[] = [
  { title: "id", class: "number roomy", sort: "id" },
  { title: "status", class: "" },
  { title: "name", class: "wide", sort: "name" },
  { title: "satellite", class: "roomy" },
  { title: "size", class: "number roomy", sort: "sizeBytes" },
  { title: "readings", class: "number roomy", sort: "importedLines" },
  { title: "rejected", class: "number", sort: "errors" },
  { title: "data time (UTC)", class: "roomy" },
  { title: "claimed", class: "number" },
];

export function PackageTable({ files, order, sortBy }: PackageTableProps) {
  return (
    <Scroll label="Packages">
      <table class="packages">
        <thead>
          <tr>
            {columns.map((column) => (
              <ColumnHead key={column.title} of={column} order={order} sortBy={sortBy} />
            ))}
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <PackageRow key={file.id} file={file} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface ColumnHeadProps {
  readonly of: Column;
  readonly order: Order | undefined;
  readonly sortBy: ((order: Order) => void) | undefined;
}

function ColumnHead({ of: { title, class: name, sort }, order, sortBy }: ColumnHeadProps) {
  if (order === undefined || sortBy === undefined || sort === undefined) {
    return (
      <th scope="col" class={name}>
        {title}
      </th>
    );
  }
  const direction = order.order === "asc" ? "ascending" : "descending";
  return (
    <th scope="col" class={name} aria-sort={order.sort === sort ? direction : undefined}>
      <button type="button" class="plain" onClick={() => sortBy(orderAfter(order, sort))}>
        {title}
      </button>
    </th>
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
