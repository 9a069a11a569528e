// Which account root gives the server to.
import { expect, test } from "vitest";
import { chooseAccount } from "../../../src/database/embedded/os-account.ts";

const root = "root:x:0:0:root:/root:/bin/bash";
const postgres = "postgres:x:101:104::/var/lib/postgresql:/bin/bash";
const nobody = "nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin";

test.each([
  ["postgres, if there is one", [root, nobody, postgres], { name: "postgres", uid: 101, gid: 104 }],
  ["else nobody", [root, nobody], { name: "nobody", uid: 65_534, gid: 65_534 }],
  [
    "nobody of macOS, whose number is negative",
    ["# comment", "nobody:*:-2:-2:Unprivileged:/var/empty:/usr/bin/false"],
    { name: "nobody", uid: 4_294_967_294, gid: 4_294_967_294 },
  ],
])("%s", (_, lines, account) => {
  expect(chooseAccount(`${lines.join("\n")}\n`)).toEqual(account);
});

test.each([
  ["no such account", [root]],
  ["an account of that name that is root", [root, "postgres:x:0:0::/root:/bin/bash"]],
])("none: %s", (_, lines) => {
  expect(() => chooseAccount(lines.join("\n"))).toThrow(
    expect.objectContaining({ code: "E_SETUP", message: expect.stringContaining("DATABASE_URL") }),
  );
});
