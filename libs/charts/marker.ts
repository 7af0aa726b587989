import { coordinate } from './markup.js';

/** Shapes that are distinguishable without colour. */
const SVG_MARKERS = ['disc', 'ring', 'square', 'diamond', 'triangle', 'cross'] as const;
export type SvgMarker = (typeof SVG_MARKERS)[number];

/** A marker centred on x, y. @param radius CSS pixels */
export function markerMarkup(shape: SvgMarker, x: number, y: number, colour: string, radius = 3.2): string {
  const at = (dx: number, dy: number): string =>
    `${coordinate(x + dx * radius)} ${coordinate(y + dy * radius)}`;
  const filled = `fill="${colour}"`;
  const drawn = `fill="#ffffff" stroke="${colour}" stroke-width="1.4"`;
  switch (shape) {
    case 'disc':
      return `<circle cx="${coordinate(x)}" cy="${coordinate(y)}" r="${coordinate(radius)}" ${filled}/>`;
    case 'ring':
      return `<circle cx="${coordinate(x)}" cy="${coordinate(y)}" r="${coordinate(radius)}" ${drawn}/>`;
    case 'square':
      return `<path d="M${at(-0.9, -0.9)}L${at(0.9, -0.9)}L${at(0.9, 0.9)}L${at(-0.9, 0.9)}Z" ${filled}/>`;
    case 'diamond':
      return `<path d="M${at(0, -1.2)}L${at(1.2, 0)}L${at(0, 1.2)}L${at(-1.2, 0)}Z" ${drawn}/>`;
    case 'triangle':
      return `<path d="M${at(0, -1.1)}L${at(1.1, 0.9)}L${at(-1.1, 0.9)}Z" ${filled}/>`;
    case 'cross':
      return `<path d="M${at(-0.9, -0.9)}L${at(0.9, 0.9)}M${at(-0.9, 0.9)}L${at(0.9, -0.9)}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
  }
}
