import { TAGS } from './tags.js';

const TAG_PATTERN = /^(xmeas|xmv)[\s_-]*[([]?0*([1-9]\d?)[)\]]?$/i;

const CODE_BY_ALIAS: ReadonlyMap<string, string> = new Map(
  TAGS.flatMap((tag) =>
    [tag.code, tag.name, tag.nameKo].map((alias) => [alias.toLowerCase(), tag.code] as const),
  ),
);

/**
 * Code of the tag a column or record means: `XMEAS_07`, `xmeas_7`, `XMEAS(7)`, `xmv 3`, or a tag's name in English
 * or Korean, in any case. Undefined when it is no tag of the plant.
 */
export function tagCodeOf(alias: string): string | undefined {
  const text = alias.trim().toLowerCase();
  const match = TAG_PATTERN.exec(text);
  return CODE_BY_ALIAS.get(match === null ? text : `${match[1]}_${match[2].padStart(2, '0')}`);
}
