// The values of options, checked: a wrong one is wrong use, told with what it takes.
import { InvalidArgumentError } from "commander";

/** Not parseInt, which reads "12x" as 12, and gets the default as its radix from commander. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`It takes a whole number, ${lowest} to ${highest}.`);
  };
}

export function share(text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("It takes a number from 0 (none) to 1 (all), such as 0.01.");
}
