// The frame: bar with the way to each page, what is wrong with the connection, and the page that the address names.
import { useEffect, useRef } from "preact/hooks";
import { connection } from "./api/event-stream.ts";
import { isTokenWanted } from "./api/token.ts";
import icon from "./icon.svg";
import { nowMs } from "./live/clock.ts";
import { Login } from "./login.tsx";
import { NowPage } from "./pages/now/now-page.tsx";
import { PackagePage } from "./pages/package/package-page.tsx";
import { PackagesPage } from "./pages/packages/packages-page.tsx";
import { SatellitesPage } from "./pages/satellites/satellites-page.tsx";
import { SystemPage } from "./pages/system/system-page.tsx";
import { hrefOf, type Route, route } from "./router.ts";
import { Notices } from "./ui/notices.tsx";
import { Empty } from "./ui/panel.tsx";
import { Mark } from "./ui/status-mark.tsx";

export function App() {
  const main = useRef<HTMLElement>(null);
  const at = route.value;
  const place = at.page === "package" ? `package ${at.fileId}` : at.page;
  useEffect(() => {
    document.title = `${titleOf(at)} · downlink`;
    window.scrollTo(0, 0);
  }, [place]);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <header class="bar">
        <a class="brand" href={hrefOf("/")}>
          <img src={icon} alt="" />
          downlink
        </a>
        <Navigation at={at} />
        <Clock />
        <ConnectionMark />
      </header>
      <main ref={main} tabIndex={-1}>
        {isTokenWanted.value ? <Login /> : <Page key={place} at={at} />}
      </main>
      <Notices />
    </>
  );
}

function Page({ at }: { at: Route }) {
  switch (at.page) {
    case "now":
      return <NowPage />;
    case "packages":
      return <PackagesPage query={at.query} />;
    case "package":
      return <PackagePage fileId={at.fileId} query={at.query} />;
    case "satellites":
      return <SatellitesPage query={at.query} />;
    case "system":
      return <SystemPage />;
    case "unknown":
      return (
        <Empty title="There is no such page">
          <a href={hrefOf("/")}>To what happens now</a>
        </Empty>
      );
  }
}

const links = [
  { path: "/", title: "Now", pages: ["now"] },
  { path: "/packages", title: "Packages", pages: ["packages", "package"] },
  { path: "/satellites", title: "Satellites", pages: ["satellites"] },
  { path: "/system", title: "System", pages: ["system"] },
] as const;

function Navigation({ at }: { at: Route }) {
  return (
    <nav aria-label="Pages">
      <ul>
        {links.map(({ path, title, pages }) => (
          <li key={path}>
            <a
              href={hrefOf(path)}
              aria-current={pages.some((page) => page === at.page) ? "page" : undefined}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function titleOf(at: Route): string {
  if (at.page === "package") return `Package ${at.fileId}`;
  return links.find(({ pages }) => pages.some((page) => page === at.page))?.title ?? "Not found";
}

function Clock() {
  return (
    <div class="clock">
      {new Date(nowMs.value).toISOString().slice(0, 19).replace("T", " ")} UTC
    </div>
  );
}

function ConnectionMark() {
  const state = connection.value;
  return (
    <div class="link" role="status" data-connection={state}>
      {state === "open" && <Mark tone="ok">live</Mark>}
      {state === "connecting" && <Mark tone="quiet">connecting</Mark>}
      {state === "lost" && <Mark tone="bad">no connection</Mark>}
      {state === "refused" && <Mark tone="warn">signed out</Mark>}
    </div>
  );
}
