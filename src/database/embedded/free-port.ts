// Finds a port of 127.0.0.1 for the server. Only a proposal: another program may take it before the server does, so
// whoever starts the server must be ready to ask again.
import { once } from "node:events";
import { createServer } from "node:net";
import { EmbeddedServerError } from "../../errors.ts";

/** @param preferredPort taken if it is free, else any free one; 0: any. */
export async function findFreePort(preferredPort: number): Promise<number> {
  try {
    return await tryPort(preferredPort);
  } catch {
    return await tryPort(0); // In use, or reserved by the system: all the same here.
  }
}

async function tryPort(port: number): Promise<number> {
  const server = createServer();
  server.listen({ port, host: "127.0.0.1", exclusive: true });
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") {
    throw new EmbeddedServerError(`listening on 127.0.0.1:${port} gave no port`);
  }
  return address.port;
}
