import type { Browser, Page } from 'puppeteer-core';
import { unpackedChromium } from '#report';

const PATIENT_MS = 120_000;

/**
 * The bundled browser with one page.
 * @param userDataDir what it keeps; whoever made the folder removes it
 * @param hosts names that it takes for this machine
 */
export async function openBrowser(
  userDataDir: string,
  hosts: string[] = [],
): Promise<{ browser: Browser; page: Page }> {
  const { executablePath, environment } = await unpackedChromium();
  const { default: puppeteer } = await import('puppeteer-core');
  const browser = await puppeteer.launch({
    executablePath,
    headless: 'shell',
    userDataDir,
    env: { ...process.env, ...environment },
    args: [
      '--no-sandbox',
      '--no-zygote',
      '--disable-gpu',
      `--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',')}`,
    ],
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENT_MS);
  return { browser, page };
}

/** A page that shares neither cookies nor keys with the others. */
export async function openPage(browser: Browser): Promise<Page> {
  const page = await (await browser.createBrowserContext()).newPage();
  page.setDefaultTimeout(PATIENT_MS);
  return page;
}
