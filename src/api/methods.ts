// Which methods a path takes, for the answer to one that it does not take.
import type { Api } from "./context.ts";

/** To be called before the routes are added. @returns what tells the methods of a URL, none if nothing is there */
export function methodsOf(api: Api): (url: string) => readonly string[] {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  api.addHook("onRoute", ({ url, method }) => {
    if (url.includes("*")) return;
    routes.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  return (url) => {
    const [path = ""] = url.split("?");
    return routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
  };
}

function patternOf(url: string): RegExp {
  const parts = url
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(".", "\\.")));
  return new RegExp(`^${parts.join("/")}$`);
}
