// The moment that is looked at: pointed to in one plot or on the map, it is shown in all of them.
import { type Signal, signal } from "@preact/signals";
import { createContext } from "preact";

/** Seconds since 1970; null: none. */
export type Cursor = Signal<number | null>;

/** Each page that shows readings has its own. */
export const CursorContext = createContext<Cursor>(signal(null));
