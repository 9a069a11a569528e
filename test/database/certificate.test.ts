// S21: a server whose certificate nobody vouches for is not spoken to, unless the URL says so.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/database/pool.ts";
import { makeTemporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

let folder: TemporaryFolder;
let server: Server | undefined;
let port = 0;
/** What clients have said after they had agreed to the certificate. */
let heard = "";

const hasOpenssl = ((): boolean => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write("NOT TESTED without openssl: a server with a certificate of its own\n");
    return false;
  }
})();

/** The beginning of what a PostgreSQL server does: it agrees to TLS, and then listens. */
function serve(socket: Socket, key: Buffer, cert: Buffer): void {
  socket.on("error", () => {});
  socket.once("data", () => {
    socket.write("S");
    const secure = new TLSSocket(socket, { isServer: true, key, cert });
    secure.on("error", () => {});
    secure.on("data", (bytes) => {
      heard += bytes.toString("latin1");
      secure.destroy();
    });
  });
}

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  if (!hasOpenssl) return;
  const [key, cert] = [join(folder.path, "key.pem"), join(folder.path, "cert.pem")];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"];
  execFileSync("openssl", [...request, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const [keyBytes, certBytes] = await Promise.all([readFile(key), readFile(cert)]);
  server = createServer((socket) => serve(socket, keyBytes, certBytes)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  port = address.port;
});
afterAll(async () => {
  server?.close();
  await folder.remove();
});

test.runIf(hasOpenssl).each(["require", "verify-ca", "verify-full"])(
  "sslmode=%s: refused, before a name or a password is sent",
  async (mode) => {
    const url = `postgres://someone:secret@127.0.0.1:${port}/x?sslmode=${mode}`;
    await expect(connect(url, "test")).rejects.toMatchObject({
      code: "E_DATABASE_AWAY",
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    expect(heard).toBe("");
  },
);

test.runIf(hasOpenssl)("sslmode=no-verify: what the user has said", async () => {
  const url = `postgres://someone:secret@127.0.0.1:${port}/x?sslmode=no-verify`;
  await expect(connect(url, "test")).rejects.toThrow();
  expect(heard).toContain("someone");
});
