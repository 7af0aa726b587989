import type { Schemas } from '../api/client.ts';

export interface Place {
  x: number;
  y: number;
  /** Where name and ring stand, seen from the middle of the symbol. */
  label: [dx: number, dy: number];
  /** Where the readings stand. */
  readings: [dx: number, dy: number];
}

export const WIDTH = 1240;
export const HEIGHT = 640;

/** Middles of the symbols. A unit without a place here is only listed below the drawing. */
export const PLACES: Record<string, Place | undefined> = {
  FEED: { x: 80, y: 400, label: [-52, -108], readings: [-52, 100] },
  REACTOR: { x: 390, y: 400, label: [58, -84], readings: [54, -16] },
  CONDENSER: { x: 570, y: 205, label: [-36, -64], readings: [-36, 52] },
  SEPARATOR: { x: 720, y: 360, label: [16, -98], readings: [44, -10] },
  COMPRESSOR: { x: 570, y: 75, label: [-225, -40], readings: [-225, 34] },
  PURGE: { x: 1120, y: 110, label: [-36, -64], readings: [-36, 46] },
  STRIPPER: { x: 985, y: 400, label: [40, -128], readings: [44, -40] },
  PRODUCT: { x: 1160, y: 565, label: [-56, -64], readings: [-56, 48] },
};

type Stream = Pick<Schemas['StreamDto'], 'stream' | 'from_eq_id' | 'to_eq_id'>;

interface Way {
  points: string;
  /** Where its number and value stand. */
  label: [x: number, y: number];
}

/** Ways of the streams around the symbols, by their number, else by the two units. */
const WAYS: Record<string, Way | undefined> = {
  1: { points: '132,340 290,340 290,385 346,385', label: [142, 328] },
  2: { points: '132,400 346,400', label: [142, 388] },
  3: { points: '132,460 290,460 290,415 346,415', label: [142, 448] },
  4: { points: '80,484 80,600 890,600 890,470 952,470', label: [440, 588] },
  5: { points: '985,276 985,240 262,240 262,368 346,368', label: [840, 228] },
  6: { points: '262,368 346,368', label: [152, 262] },
  7: { points: '390,300 390,205 536,205', label: [420, 193] },
  8: { points: '536,75 262,75 262,368 346,368', label: [275, 140] },
  9: { points: '720,110 1082,110', label: [860, 98] },
  10: { points: '720,438 720,530 870,530 870,360 952,360', label: [740, 518] },
  11: { points: '985,524 985,565 1102,565', label: [1000, 553] },
  'CONDENSER>SEPARATOR': { points: '604,205 665,205 665,340 688,340', label: [0, 0] },
  'SEPARATOR>COMPRESSOR': { points: '720,282 720,75 604,75', label: [0, 0] },
};

export function wayOf({ stream, from_eq_id: from, to_eq_id: to }: Stream): Way | undefined {
  const drawn = stream === null ? undefined : WAYS[stream];
  const [begin, end] = [PLACES[from ?? ''], PLACES[to]];
  const straight = begin &&
    end && {
      points: `${begin.x},${begin.y} ${end.x},${end.y}`,
      label: [begin.x, begin.y] as [number, number],
    };
  return drawn ?? WAYS[`${from}>${to}`] ?? straight;
}

/** Drawn around the middle, by kind of equipment. */
export const SYMBOLS: Record<string, string | undefined> = {
  feed: 'M-52 -84h104v168h-104z',
  reactor: 'M-44 -72a44 28 0 0 1 88 0v144a44 28 0 0 1 -88 0z',
  heat_exchanger: 'M-34 0a34 34 0 1 0 68 0a34 34 0 1 0 -68 0M-34 18h22l12 -36l12 36h22',
  separator: 'M-32 -54a32 24 0 0 1 64 0v108a32 24 0 0 1 -64 0z',
  compressor: 'M-34 0a34 34 0 1 0 68 0a34 34 0 1 0 -68 0M28 -19L-31 -12M28 19L-31 12',
  column: 'M-32 -100a32 24 0 0 1 64 0v200a32 24 0 0 1 -64 0zM-32 -60h64M-32 -20h64M-32 20h64M-32 60h64',
  outlet: 'M-38 -22h54l22 22l-22 22h-54z',
};
