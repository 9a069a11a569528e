// Which page the address names. Routes live behind the #: the page is one file to the server, whatever stands in front
// of it, and each address can be kept and sent.
import { signal } from "@preact/signals";

export type Route =
  | { readonly page: "now" }
  | { readonly page: "packages"; readonly query: URLSearchParams }
  | { readonly page: "package"; readonly fileId: number; readonly query: URLSearchParams }
  | { readonly page: "satellites"; readonly query: URLSearchParams }
  | { readonly page: "system" }
  | { readonly page: "unknown"; readonly path: string };

function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const [, page = "", id, ...rest] = path.split("/");
  if (page === "" && id === undefined) return { page: "now" };
  if (page === "packages" && id !== undefined && rest.length === 0 && /^[1-9]\d{0,15}$/.test(id)) {
    return { page: "package", fileId: Number(id), query };
  }
  if (id !== undefined) return { page: "unknown", path };
  if (page === "packages" || page === "satellites") return { page, query };
  if (page === "system") return { page };
  return { page: "unknown", path };
}

export const route = signal(parseRoute(location.hash));

window.addEventListener("hashchange", () => {
  route.value = parseRoute(location.hash);
});

/** The address of a page. Parameters without a value are left out. */
export function hrefOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  const text = search.toString();
  return `#${path}${text === "" ? "" : `?${text}`}`;
}

/** Goes there; `replace` leaves no step in the history, as for a filter that is being typed. */
export function navigate(href: string, how: "push" | "replace" = "push"): void {
  if (how === "push") {
    location.hash = href;
    return;
  }
  history.replaceState(null, "", href);
  route.value = parseRoute(location.hash);
}
