// Packages sent from this machine: dropped anywhere on the page, or chosen.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { problemText } from "../../api/problem.ts";
import { uploadPackage } from "../../api/upload.ts";
import { percentText } from "../../format/count.ts";
import { bytesText } from "../../format/quantity.ts";
import { Name } from "../../ui/foreign.tsx";

interface Sending {
  readonly key: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly share: number;
  readonly state: "waiting" | "sending" | "sent" | "refused";
  readonly text: string;
}

const uploads = signal<readonly Sending[]>([]);
const mostShown = 20;
let nextKey = 1;
let queue: Promise<void> = Promise.resolve();

/** One after the other: packages are large, and the daemon loads a few at a time anyway. */
function send(files: Iterable<File>): void {
  for (const file of files) {
    const key = nextKey++;
    const { name, size: sizeBytes } = file;
    const waiting = { key, name, sizeBytes, share: 0, state: "waiting", text: "" } as const;
    uploads.value = [waiting, ...uploads.value].slice(0, mostShown);
    queue = queue.then(() => sendOne(key, file));
  }
}

async function sendOne(key: number, file: File): Promise<void> {
  change(key, { state: "sending" });
  const answer = await uploadPackage(file, (share) => change(key, { share }));
  if (answer.ok) change(key, { state: "sent", share: 1 });
  else change(key, { state: "refused", text: problemText(answer.problem) });
}

function change(key: number, to: Partial<Sending>): void {
  uploads.value = uploads.value.map((one) => (one.key === key ? { ...one, ...to } : one));
}

export function Upload() {
  const input = useRef<HTMLInputElement>(null);
  const isOver = useDropAnywhere();
  return (
    <section class="panel upload" aria-label="Send packages">
      <p>
        Drop packages anywhere on this page, or{" "}
        <button type="button" onClick={() => input.current?.click()}>
          choose files
        </button>
      </p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Packages to send"
        onChange={({ currentTarget }) => {
          send(currentTarget.files ?? []);
          currentTarget.value = "";
        }}
      />
      <ul aria-live="polite">
        {uploads.value.map((one) => (
          <UploadRow key={one.key} of={one} />
        ))}
      </ul>
      {isOver && <div class="drop-target">Drop to send into the inbox</div>}
    </section>
  );
}

function UploadRow({ of }: { of: Sending }) {
  const { name, sizeBytes, share, state, text } = of;
  return (
    <li data-upload={state}>
      <Name text={name} />
      <span class="number dim">{bytesText(sizeBytes)}</span>
      <span class={state === "refused" ? "bad" : "dim"}>
        {state === "waiting" && "waiting"}
        {state === "sending" && `${percentText(share)} % sent`}
        {state === "sent" && "sent: it is in the inbox"}
        {state === "refused" && text}
      </span>
    </li>
  );
}

/** Whether something that can be dropped is over the page. */
function useDropAnywhere(): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes("Files") !== true) return;
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setIsOver(false);
      send(event.dataTransfer?.files ?? []);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return isOver;
}
