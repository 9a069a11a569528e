// Counts as bars of one scale, the largest first, each with its number.
import { countText, percentText } from "../format/count.ts";

export interface Bar {
  readonly label: string;
  readonly count: number;
  /** Where its label leads. */
  readonly href?: string;
  readonly isChosen?: boolean;
}

export function Bars({ bars, total }: { bars: readonly Bar[]; total: number }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <table class="bars">
      <tbody>
        {bars.map(({ label, count, href, isChosen }) => (
          <tr key={label}>
            <th scope="row">
              {href === undefined ? (
                <code>{label}</code>
              ) : (
                <a href={href} aria-current={isChosen ? "true" : undefined}>
                  <code>{label}</code>
                </a>
              )}
            </th>
            <td class="wide">
              <div class="bar-line" style={{ width: `${(100 * count) / most}%` }} />
            </td>
            <td class="number">{countText(count)}</td>
            <td class="number dim">{percentText(count / Math.max(1, total), 1)} %</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
