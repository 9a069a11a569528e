// Sends a package. By XMLHttpRequest, since fetch does not tell how much of a body has been sent.
import type { UploadedPackage } from "../../../src/api/schemas/actions.ts";
import { type Answer, refusal } from "./problem.ts";
import { apiUrl } from "./request.ts";
import { authorisation, isTokenWanted } from "./token.ts";

export function uploadPackage(
  file: File,
  onSent: (share: number) => void,
): Promise<Answer<UploadedPackage>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", apiUrl("packages", { name: file.name }));
    request.responseType = "json";
    for (const [name, value] of Object.entries(authorisation())) {
      request.setRequestHeader(name, value);
    }
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total);
    request.onerror = () => resolve({ ok: false, problem: { kind: "unreachable" } });
    request.onload = () => resolve(answerOf(request));
    request.send(file);
  });
}

function answerOf({ status, response }: XMLHttpRequest): Answer<UploadedPackage> {
  if (status === 401) isTokenWanted.value = true;
  if (status < 200 || status > 299) return { ok: false, problem: refusal(status, response) };
  return { ok: true, body: response };
}
