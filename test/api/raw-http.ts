// HTTP by hand, for what fetch does not send: other Host headers, broken requests, bodies that stop.
import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export async function ask(
  url: string,
  { method = "GET", headers = {}, body }: RawRequest = {},
): Promise<RawAnswer> {
  const sent = request(url, { method, headers, agent: false });
  sent.end(body);
  const [response] = await once(sent, "response");
  let text = "";
  response.setEncoding("utf8");
  for await (const part of response) text += part;
  return { status: response.statusCode, headers: response.headers, text };
}

export async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  return socket;
}

/** Sends a text and nothing after it. @returns all that comes back until the server closes */
export async function sendText(url: string, text: string): Promise<string> {
  const socket = await open(url);
  let answer = "";
  socket.setEncoding("utf8").on("data", (part) => {
    answer += part;
  });
  socket.on("error", () => {}); // The server may close while we write.
  socket.write(text);
  await once(socket, "close");
  return answer;
}
