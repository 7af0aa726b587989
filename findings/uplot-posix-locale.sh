#!/usr/bin/env bash
# uplot 1.6.32: cannot be loaded in a Chromium that was started without a locale, as by a service that runs a screen on a wall.
#
# Expected: a chart library that formats numbers falls back where the browser's language is none that Intl knows; numbers of the page
#   itself work, as Intl without an argument has a default.
# Seen: with LC_ALL=C navigator.language is "en-US@posix", which is no language tag. uPlot hands it to Intl.NumberFormat while it is being
#   loaded and throws a RangeError: the script, and every bundle it is part of, ends there. Asking Intl.getCanonicalLocales before, and
#   giving navigator a language of our own where that throws, helps.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund uplot@1.6.32 puppeteer-core@24.43.1 @sparticuz/chromium@141.0.0
cat > check.mjs <<'JS'
import { readFileSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';

const uplot = readFileSync('node_modules/uplot/dist/uPlot.iife.min.js', 'utf8');
const executablePath = await chromium.executablePath();
const HELP = `try { Intl.getCanonicalLocales(navigator.language); }
  catch { Object.defineProperty(navigator, 'language', { value: 'en-US' }); }`;

async function loaded(before) {
  const browser = await puppeteer.launch({
    executablePath,
    headless: 'shell',
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu'],
    env: { ...process.env, LANG: 'C', LC_ALL: 'C', LANGUAGE: '' },
  });
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.setContent('<p>');
    await page.evaluate(before);
    const language = await page.evaluate('navigator.language');
    await page.addScriptTag({ content: uplot });
    return {
      language,
      ownDefault: await page.evaluate('new Intl.NumberFormat().format(1.5)'),
      loaded: await page.evaluate('typeof uPlot === "function"'),
      errors,
    };
  } finally {
    await browser.close();
  }
}

const bare = await loaded('0');
const helped = await loaded(HELP);
console.log('LC_ALL=C:', JSON.stringify(bare));
console.log('LC_ALL=C, with a language of our own:', JSON.stringify(helped));
const asFound = !bare.loaded && bare.errors.length > 0 && bare.ownDefault === '1.5' && helped.loaded;
console.log(asFound ? 'As found.' : 'This has changed.');
process.exit(asFound ? 0 : 1);
JS
node check.mjs
