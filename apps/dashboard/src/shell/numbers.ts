/** A measured value with as many digits as the instrument's range makes sensible. */
export function reading(
  value: number | null | undefined,
  range?: { range_low: number; range_high: number },
): string {
  if (value === null || value === undefined) return '–';
  const width = range ? Math.abs(range.range_high - range.range_low) : Math.abs(value);
  const digits = width >= 1_000 ? 0 : width >= 50 ? 1 : width >= 5 ? 2 : 3;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

export const percent = (share: number | null | undefined): string => {
  if (share === null || share === undefined) return '–';
  const hundredths = share * 100;
  if (hundredths > 0 && hundredths < 0.1) return '< 0.1 %';
  return `${hundredths >= 99.95 && share < 1 ? '> 99.9' : hundredths.toFixed(hundredths < 10 ? 1 : 0)} %`;
};

/** Any computed figure in four significant digits, grouped. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
