// Makes dist/fonts, what reports are printed with, unless it is there: of each weight a small font of the letters reports
// usually have, which a browser reads and embeds at once, and the whole font for a name with a letter outside of it.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import subsetFont from 'subset-font';

const PACKAGE = dirname(
  createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-kr/package.json'),
);
const OUTPUT = 'dist/fonts';
const STAMP = 'dist/.fonts-sources';
const WEIGHTS = { 400: '400Regular', 500: '500Medium', 700: '700Bold' };
/** Names of the font that say whose it is and under which licence, beside those that are kept anyway. */
const COPYRIGHT_AND_LICENCE = [0, 13, 14];

/** KS X 1001 but its Chinese characters: the 2 350 common Hangul syllables, letters of other alphabets, symbols. */
function koreanStandard() {
  const decoder = new TextDecoder('euc-kr');
  let characters = '';
  for (let row = 0xa1; row <= 0xc8; row++)
    for (let cell = 0xa1; cell <= 0xfe; cell++) {
      const character = decoder.decode(Uint8Array.of(row, cell));
      if (character.length === 1 && character !== '\uFFFD') characters += character;
    }
  return characters;
}

/** Basic Latin, Latin-1 and Latin Extended-A. */
function latin() {
  return String.fromCodePoint(...Array.from({ length: 0x180 - 0x20 }, (_, i) => 0x20 + i));
}

/** Signs of the reports' texts and charts that the Korean standard lacks. */
const SIGNS = '‐‑–—‘’“”•…−×÷≤≥≈';

function sourcesHash() {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'scripts/build-fonts.mjs'])
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const hash = sourcesHash();
if (!existsSync(OUTPUT) || !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== hash) {
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });
  for (const [weight, name] of Object.entries(WEIGHTS)) {
    const whole = `${PACKAGE}/${name}/NotoSansKR_${name}.ttf`;
    const common = await subsetFont(readFileSync(whole), latin() + koreanStandard() + SIGNS, {
      targetFormat: 'truetype',
      preserveNameIds: COPYRIGHT_AND_LICENCE,
    });
    writeFileSync(`${OUTPUT}/common-${weight}.ttf`, common);
    copyFileSync(whole, `${OUTPUT}/whole-${weight}.ttf`);
  }
  copyFileSync(`${PACKAGE}/LICENSE_FONT`, `${OUTPUT}/OFL.txt`);
  writeFileSync(STAMP, hash);
}
