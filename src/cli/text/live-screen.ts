// Lines that are drawn again and again in the same place, and lines that stay above them. On a terminal only: a file or
// a pipe gets what stays.

export interface LiveOutput {
  /** Writes as it is. */
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
}

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const clearBelow = "\u001b[J";

export class LiveScreen {
  readonly #output: LiveOutput;
  #drawn: readonly string[] = [];

  constructor(output: LiveOutput) {
    this.#output = output;
    if (output.isTerminal) output.write(hideCursor);
  }

  /** Draws these lines in the place of those that were drawn last. None may be wider than the screen. */
  draw(lines: readonly string[]): void {
    if (!this.#output.isTerminal) return;
    this.#output.write(`${this.#back()}${withEnds(lines)}`);
    this.#drawn = lines;
  }

  /** Writes lines that stay, above those that are drawn. */
  keep(lines: readonly string[]): void {
    this.#output.write(`${this.#back()}${withEnds(lines)}${withEnds(this.#drawn)}`);
  }

  /** What is drawn stays as it is. */
  end(): void {
    if (this.#output.isTerminal) this.#output.write(showCursor);
  }

  /** To the first drawn line, with nothing below. */
  #back(): string {
    const up = this.#drawn.length;
    return up === 0 ? "" : `\u001b[${up}A\r${clearBelow}`;
  }
}

function withEnds(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
