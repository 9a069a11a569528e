// A limit for what a server is asked on one connection. One that says nothing any more, neither an answer nor an end, is
// noticed by nothing else for a quarter of an hour, and by nothing at all if only the server behind it stands still.
import type pg from "pg";

/** The connection is cut when the answers do not come in time: they fail, as when it is lost, and it is not used again. */
export async function inTime<Answer>(
  client: Pick<pg.Client, "end">,
  limitMs: number,
  answers: () => Promise<Answer>,
): Promise<Answer> {
  const deadline = setTimeout(() => void client.end().catch(() => {}), limitMs);
  try {
    return await answers();
  } finally {
    clearTimeout(deadline);
  }
}
