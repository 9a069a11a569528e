// All packages there ever were, by what one knows of them. The address holds filter, order and page.
import { useEffect, useRef } from "preact/hooks";
import { useResource } from "../../api/resource.ts";
import { getFiles } from "../../api/routes.ts";
import { type DaemonEvent, useEvents } from "../../live/events.ts";
import { hrefOf, navigate } from "../../router.ts";
import { Pager } from "../../ui/pager.tsx";
import { Empty, Panel, Waiting } from "../../ui/panel.tsx";
import { type Filter, Filters, filterOf, isFiltered, questionOf } from "./filters.tsx";
import { type Order, orderOf, orderText } from "./order.ts";
import { PackageTable } from "./package-table.tsx";

const packagesPerPage = 50;

const changing = new Set<DaemonEvent["kind"]>([
  "reset",
  "package_claimed",
  "package_complete",
  "package_failed",
  "package_duplicate",
]);

export function PackagesPage({ query }: { query: URLSearchParams }) {
  const filter = filterOf(query);
  const after = placeOf(query);
  const order = orderOf(query);
  const question = { ...questionOf(filter), ...order, after, limit: packagesPerPage };
  const page = useResource(JSON.stringify(question), (abort) => getFiles(question, abort));
  // A page further down stays as it is while it is read.
  useEvents(
    ({ kind }) => after === undefined && changing.has(kind),
    () => void page.load(),
  );
  useTopAt(after);
  const { body, problem } = page.state.value;
  const sort = orderText(order);
  const go = (to: number | undefined): void =>
    navigate(hrefOf("/packages", { ...filter, sort, after: to === undefined ? "" : String(to) }));
  const change = (to: Filter): void => navigate(hrefOf("/packages", { ...to, sort }), "replace");
  const sortBy = (to: Order): void =>
    navigate(hrefOf("/packages", { ...filter, sort: orderText(to) }));
  return (
    <>
      <div class="title">
        <h1>Packages</h1>
      </div>
      <Filters filter={filter} change={change} />
      <Panel title={isFiltered(filter) ? "Packages that fit" : "All packages"}>
        {body === undefined && <Waiting problem={problem} />}
        {body !== undefined && body.files.length === 0 && <Nothing filter={filter} />}
        {body !== undefined && body.files.length > 0 && (
          <PackageTable files={body.files} order={order} sortBy={sortBy} />
        )}
        {body !== undefined && problem !== undefined && <Waiting problem={problem} />}
        <Pager key={sort} at={after} next={body?.next} go={go} />
      </Panel>
    </>
  );
}

function placeOf(query: URLSearchParams): number | undefined {
  const text = query.get("after") ?? "";
  return /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
}

/** Another page is read from its top. */
function useTopAt(after: number | undefined): void {
  const last = useRef(after);
  useEffect(() => {
    if (last.current !== after) window.scrollTo(0, 0);
    last.current = after;
  }, [after]);
}

function Nothing({ filter }: { filter: Filter }) {
  if (isFiltered(filter)) {
    return (
      <Empty title="No package fits">
        <a href={hrefOf("/packages")}>Show all</a>
      </Empty>
    );
  }
  return (
    <Empty title="No package has come yet">
      <span>
        Drop one into <code>files/ingest</code>, or make one:
      </span>
      <code>npx downlink simulate --satellite jackal_mk1 --lines 1000</code>
    </Empty>
  );
}
