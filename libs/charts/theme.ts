/**
 * Colours of every chart: distinguished by hue (Okabe–Ito order, safe for colour-blind readers), by lightness (they
 * survive a black-and-white printer) and, where two meanings meet in one chart, by dash pattern too.
 */
export const SVG_COLOURS = {
  ink: '#17222d',
  paper: '#ffffff',
  muted: '#5a6773',
  grid: '#e2e7ec',
  axis: '#9aa5b0',
  track: '#e7ebef',
  series: '#0a5a96',
  seriesSoft: '#bcd7ec',
  opposite: '#a4530c',
  limit: '#b26a00',
  urgentLimit: '#9c1c28',
  band: '#f6e3b8',
  bandHatch: '#a98a3c',
  good: '#137a5a',
  fair: '#cf8a0a',
  poor: '#a61b29',
} as const;

/** The report embeds the first; the others serve an SVG that is opened alone. */
export const SVG_FONT_FAMILY =
  "'Noto Sans KR','Noto Sans CJK KR','Noto Sans','Malgun Gothic',Arial,sans-serif";

export const SVG_FONT_SIZE = 9;
