const QUOTED_LENGTH = 40;

/** A field as shown in a complaint: quoted, shortened, without control characters. */
export function quote(field: string): string {
  const shown = field.length > QUOTED_LENGTH ? `${field.slice(0, QUOTED_LENGTH)}…` : field;
  return JSON.stringify(shown);
}
