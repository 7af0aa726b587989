const numberFormats = new Map<string, Intl.NumberFormat>();

/** `new Intl.NumberFormat`, made once for each locale and options: making one costs a thousand times its use. */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  const known = numberFormats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, options);
  numberFormats.set(key, made);
  return made;
}
