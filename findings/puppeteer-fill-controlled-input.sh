#!/usr/bin/env bash
# puppeteer-core 24.43.1 with React 19.3.1: `locator.fill` can write its text behind the old one instead of in its place.
#
# Expected: after `fill('120')` a field that held 60 holds 120; the locator waits until a field is visible, enabled and still, so a field
#   that React draws needs nothing special.
# Seen: fill sets `value` to '' without an event and then types keys. React was not notified and still thinks the field holds 60; when
#   the component is drawn again before the first key (here every few milliseconds; on a page that polls, now and then), React
#   puts 60 back, and the keys are typed behind it: 60120. No error; fill resolves. Selecting the text and typing over it, as a person
#   does, gives 120 every time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund react@19.3.1 react-dom@19.3.1 esbuild@0.25.12 puppeteer-core@24.43.1 @sparticuz/chromium@141.0.0
cat > page.js <<'JS'
import { createElement, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

function Field() {
  const [text, setText] = useState('60');
  const [drawn, setDrawn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setDrawn((count) => count + 1), 2);
    return () => clearInterval(timer);
  }, []);
  return createElement('label', null, `drawn ${drawn} times `, createElement('input', {
    value: text,
    onChange: ({ target }) => setText(target.value),
  }));
}
createRoot(document.body.appendChild(document.createElement('div'))).render(createElement(Field));
JS
node_modules/.bin/esbuild page.js --bundle --log-level=error --define:process.env.NODE_ENV='"production"' --outfile=bundle.js
cat > check.mjs <<'JS'
import { readFileSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';

const content = readFileSync('bundle.js', 'utf8');
const browser = await puppeteer.launch({
  executablePath: await chromium.executablePath(),
  headless: 'shell',
  args: ['--no-sandbox', '--no-zygote', '--disable-gpu'],
  env: { ...process.env, LC_ALL: 'C.UTF-8', LANGUAGE: 'en' },
});

async function after(write) {
  const page = await browser.newPage();
  await page.setContent('<!doctype html><body>');
  await page.addScriptTag({ content });
  await page.waitForSelector('input');
  await write(page);
  const value = await page.$eval('input', (input) => input.value);
  await page.close();
  return value;
}

const filled = [];
const typed = [];
for (let i = 0; i < 10; i++) {
  filled.push(await after((page) => page.locator('input').fill('120')));
  typed.push(await after(async (page) => {
    await page.$eval('input', (input) => input.select());
    await page.type('input', '120');
  }));
}
await browser.close();
console.log('fill:', filled.join(' '));
console.log('select and type:', typed.join(' '));
const asFound = filled.includes('60120') && typed.every((value) => value === '120');
console.log(asFound ? 'As found.' : 'This has changed.');
process.exit(asFound ? 0 : 1);
JS
node check.mjs
