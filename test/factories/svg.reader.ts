import { expect } from '#jest';

export const MINUTE = 60_000;
/** Texts that must not become markup. */
export const HOSTILE = `<script>alert("1" & '2')</script>\u0000`;

/** Every element closed in order, every attribute quoted, no bare `&` or `<` in text. */
export function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [a-z0-9-]+="[^"<]*")*)(\/?)>/gi,
    (_tag, closing: string, name: string, _attributes, empty: string) => {
      if (closing) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;|#39;)/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
}

/** Times a minute apart from 0. */
export function minutes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i * MINUTE);
}

/** The texts of a chart in their order. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
}
