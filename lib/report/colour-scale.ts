/** Colours for numbers: dark blue over green to yellow, even in brightness, so that it reads in grey and for the colour-blind. */

export interface Scale {
  readonly least: number;
  readonly most: number;
}

/** Red, green, blue of matplotlib's viridis at 0, 1/8, ... 1 (CC0, https://bids.github.io/colormap/). */
const VIRIDIS = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 145, 140],
  [40, 174, 128],
  [94, 201, 98],
  [173, 220, 48],
  [253, 231, 37],
] as const;

/** @returns a CSS colour `rgb(r, g, b)` */
export function colourOf(value: number, { least, most }: Scale): string {
  const place = most > least ? ((value - least) / (most - least)) * (VIRIDIS.length - 1) : 0;
  const below = Math.min(Math.max(Math.floor(place), 0), VIRIDIS.length - 2);
  const [from, to] = [VIRIDIS[below], VIRIDIS[below + 1]] as [readonly number[], readonly number[]];
  const mixed = from.map((part, index) => Math.round(part + ((to[index] ?? part) - part) * (place - below)));
  return `rgb(${mixed.join(', ')})`;
}

/** Black or white, whichever can be read on that colour. */
export function textColourOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140 ? '#000' : '#fff';
}
