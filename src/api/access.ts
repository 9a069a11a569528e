// Who is let in. Three questions, in this order: is this our name (a page whose own name was made to lead here comes
// with that name: DNS rebinding); does a page of another origin ask (a browser says so); is the token right. A request
// that is refused has no effect and is not told what is there.
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isLoopback } from "../config.ts";
import { problem } from "./problems.ts";

export interface AccessOptions {
  /** The address that is listened on. */
  readonly host: string;
  /** DOWNLINK_API_TOKEN. */
  readonly token: string | undefined;
}

interface AskedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Health and the dashboard's own files need no token. */
  readonly isPublic: boolean;
  /** Something to look at, which a link of others may lead to. */
  readonly isPage: boolean;
}

/** @throws {ProblemError} foreign_host, foreign_origin, token_required */
export type Guard = (request: AskedRequest) => void;

export function createGuard({ host, token }: AccessOptions): Guard {
  const isKnown = knownHosts(host);
  const isRight = token === undefined ? () => true : tokenCheck(token);
  return ({ isPublic, ...request }) => {
    const { headers } = request;
    if (!isKnown(headers.host)) throw problem("foreign_host", "ask for localhost or 127.0.0.1");
    if (isForeign(request)) {
      throw problem("foreign_origin", "a page of another origin may not ask");
    }
    if (!isPublic && !isRight(headers.authorization)) {
      throw problem("token_required", "send the header Authorization: Bearer <token>");
    }
  };
}

/**
 * On a loopback address only its own names are ours, with any port: a tunnel may lead here. On any other address we
 * cannot know all names by which we are reached; there the token is needed, which a page of others does not have.
 */
function knownHosts(listened: string): (host: string | undefined) => boolean {
  if (!isLoopback(listened)) return (host) => hostNameOf(host) !== undefined;
  return (host) => {
    const name = hostNameOf(host);
    return name !== undefined && (isLoopback(name) || name === listened.toLowerCase());
  };
}

/** Without its port, in small letters. */
function hostNameOf(host: string | undefined): string | undefined {
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host)) return undefined;
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : undefined;
}

/** What is sent by no browser may be sent: only a browser carries out the wishes of pages. */
function isForeign({ method, headers, isPage }: Omit<AskedRequest, "isPublic">): boolean {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  const isOurs = site === undefined || site === "same-origin" || site === "none";
  const isLink = method === "GET" && isPage && headers["sec-fetch-mode"] === "navigate";
  if (!isOurs && !isLink) return true; // An image of another page asks without an origin.
  if (origin === undefined) return false;
  return origin !== `http://${host}` && origin !== `https://${host}`;
}

/** Both are hashed, so that the comparison takes the same time whatever is sent, its length included. */
function tokenCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = sha256(token);
  return (authorization = "") => {
    const [, sent = ""] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    return timingSafeEqual(sha256(sent), expected);
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
