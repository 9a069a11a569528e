// Canvases know no custom properties: what the style sheet says of the scheme in use, looked up when it is needed.
import { signal } from "@preact/signals";

const darkScheme = matchMedia("(prefers-color-scheme: dark)");

/** Changes when everything on a canvas must be drawn again in other colours. */
export const scheme = signal(darkScheme.matches ? "dark" : "light");

darkScheme.addEventListener("change", ({ matches }) => {
  scheme.value = matches ? "dark" : "light";
});

/** @param name of a custom property, with its dashes */
export function colourOf(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The same, seen through. @param share of it, 0 to 1 */
export function fadedColourOf(name: `--${string}`, share: number): string {
  const alpha = Math.round(share * 255)
    .toString(16)
    .padStart(2, "0");
  return `${colourOf(name)}${alpha}`;
}

/** As plots write on their axes. */
export function axisFont(): string {
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  return `${Math.round(Number.parseFloat(fontSize) * 0.79)}px ${fontFamily}`;
}
