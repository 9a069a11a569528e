// Connections of a test's own. A test may kill its server, and drops its database by force as soon as the pool has
// said that it ended: a connection that is lost then must not be anybody's uncaught exception.
import pg from "pg";

export function testPool(connectionString: string, max = 2): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
