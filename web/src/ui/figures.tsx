// Numbers with their units.
import { countText, decimalText, noValue } from "../format/count.ts";
import { bytesQuantity } from "../format/quantity.ts";

export function Unit({ children }: { children: string }) {
  return <span class="unit">{children}</span>;
}

export function Count({ of, unit }: { of: number | null; unit?: string }) {
  if (of === null) return <span class="dim">{noValue}</span>;
  return (
    <span>
      {countText(of)}
      {unit !== undefined && <Unit>{unit}</Unit>}
    </span>
  );
}

export function Bytes({ of }: { of: number }) {
  const { value, unit } = bytesQuantity(of);
  return (
    <span title={`${countText(of)} bytes`}>
      {value}
      <Unit>{unit}</Unit>
    </span>
  );
}

export function Decimal({ of, digits, unit }: { of: number; digits: number; unit: string }) {
  return (
    <span>
      {decimalText(of, digits)}
      <Unit>{unit}</Unit>
    </span>
  );
}

/** A number of rejected lines: nothing to see at 0, else in the colour of what is wrong. */
export function Rejects({ of }: { of: number }) {
  return <span class={of === 0 ? "dim" : "bad"}>{countText(of)}</span>;
}
