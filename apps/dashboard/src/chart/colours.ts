export interface Colours {
  ink: string;
  quiet: string;
  grid: string;
  abnormal: string;
  limit: string;
  fan: string;
  font: string;
  curves: string[];
}

/** The colours of the page for what is drawn on a canvas, as they are now. */
export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  const size = Number.parseFloat(style.fontSize) * 0.75;
  return {
    ink: of('--ink'),
    quiet: of('--quiet'),
    grid: of('--grid'),
    abnormal: of('--critical'),
    limit: of('--limit'),
    fan: of('--fan'),
    font: `${size}px ${getComputedStyle(document.body).fontFamily}`,
    curves: [of('--curve-1'), of('--curve-2')],
  };
}
