/**
 * Reads exact origins separated by commas.
 * @throws Error naming CORS_ORIGINS and the entry at fault, with what it may have been meant to be
 */
export function parseCorsOrigins(text: string): string[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
  for (const entry of entries) {
    const meant = originOf(entry);
    if (meant === entry) continue;
    const hint = meant === undefined ? 'e.g. https://dashboard.example or http://localhost:5173' : meant;
    throw new Error(
      `CORS_ORIGINS: "${entry.slice(0, 100)}" is not an origin as browsers send it, without path, usual port or *; write ${hint}`,
    );
  }
  return [...new Set(entries)];
}

function originOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin } = new URL(text);
  return /^https?:$/.test(protocol) && !origin.includes('*') ? origin : undefined;
}
