// The API token of this tab: in session storage, which ends with the tab and which no other origin reads. Never in the
// address, never in a cookie.
import { signal } from "@preact/signals";

const storageKey = "downlink-api-token";

/** Empty: none. */
export const token = signal(sessionStorage.getItem(storageKey) ?? "");

/** The server has refused the token, or wants one. */
export const isTokenWanted = signal(false);

export function setToken(text: string): void {
  token.value = text;
  isTokenWanted.value = false;
  if (text === "") sessionStorage.removeItem(storageKey);
  else sessionStorage.setItem(storageKey, text);
}

export function authorisation(): Record<string, string> {
  return token.value === "" ? {} : { authorization: `Bearer ${token.value}` };
}
