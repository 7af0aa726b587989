import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PDFiumLibrary, PDFiumLibrary as Pdfium } from '@hyzyla/pdfium';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { projectPath } from '#platform';

/** CSS pixels of a page: 96 to the inch, of points that are 72. */
const PIXELS_PER_POINT = 96 / 72;
/** Share of a page's pixels that may differ from what it looked like. */
const MOST_DIFFERENT = 0.001;
const KEPT = projectPath('libs', 'report', 'golden');
/** Set to keep pages as they look now. */
const KEEP = process.env.KEEP_PAGE_PICTURES === '1';

let pdfium: Promise<PDFiumLibrary> | undefined;

/** Every page of a PDF as a picture of 96 dots per inch. */
async function pagePictures(pdf: Uint8Array): Promise<PNG[]> {
  const document = await (await (pdfium ??= Pdfium.init())).loadDocument(pdf);
  try {
    const pictures: PNG[] = [];
    for (const page of document.pages())
      await page.render({
        scale: PIXELS_PER_POINT,
        render: ({ data, width, height }) => {
          const picture = new PNG({ width, height });
          picture.data.set(data.map(inSixteenSteps));
          pictures.push(picture);
          return Promise.resolve(new Uint8Array());
        },
      });
    return pictures;
  } finally {
    document.destroy();
  }
}

/** Letters have soft edges that make pictures large; sixteen shades of a colour show as much. */
function inSixteenSteps(shade: number): number {
  return Math.round(shade / 17) * 17;
}

/**
 * Pages of `name` that look other than the pictures kept of them, each with where its picture and the difference were
 * put; none when all look alike.
 */
export async function pagesThatLookOther(name: string, pdf: Uint8Array): Promise<string[]> {
  const other: string[] = [];
  for (const [index, picture] of (await pagePictures(pdf)).entries()) {
    const file = `${name.replace(' ', '-')}-${index + 1}.png`;
    if (KEEP) {
      await mkdir(KEPT, { recursive: true });
      await writeFile(join(KEPT, file), PNG.sync.write(picture, { colorType: 2, deflateLevel: 9 }));
      continue;
    }
    const kept = await readFile(join(KEPT, file)).catch(() => undefined);
    const difference = kept && differenceOf(PNG.sync.read(kept), picture);
    if (difference !== undefined && difference.share <= MOST_DIFFERENT) continue;
    const folder = join(tmpdir(), 'tep-page-pictures');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), PNG.sync.write(picture));
    if (difference) await writeFile(join(folder, `different-${file}`), PNG.sync.write(difference.picture));
    const how = difference ? `${(difference.share * 100).toFixed(2)} % of it` : 'no picture was kept';
    other.push(`${file}: ${how}; see ${folder}`);
  }
  return other;
}

interface Difference {
  /** Of all pixels. */
  share: number;
  picture: PNG;
}

function differenceOf(kept: PNG, now: PNG): Difference {
  const { width, height } = kept;
  if (now.width !== width || now.height !== height) return { share: 1, picture: now };
  const picture = new PNG({ width, height });
  const pixels = pixelmatch(kept.data, now.data, picture.data, width, height);
  return { share: pixels / (width * height), picture };
}
