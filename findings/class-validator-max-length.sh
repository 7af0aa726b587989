#!/usr/bin/env bash
# class-validator 0.15.1 (with validator 13.15.35): @MaxLength(40) accepts a text of 80 characters.
#
# Expected: a bound in characters, as VARCHAR(40) of a database has it: code points, or at least UTF-16 units.
# Seen: a variation selector (U+FE0E, U+FE0F) behind a character counts for nothing, so 40 hearts with their selectors, 80 code
#   points in 80 UTF-16 units, pass and are then too long for the column. Without the selectors 41 hearts are refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund class-validator@0.15.1 validator@13.15.35
cat > check.cjs <<'JS'
const { maxLength } = require('class-validator');
const withSelectors = '\u2764\ufe0f'.repeat(40);
const seen = {
  codePoints: [...withSelectors].length,
  withSelectors: maxLength(withSelectors, 40),
  withoutSelectors: maxLength('\u2764'.repeat(41), 40),
};
console.log(seen);
process.exit(seen.codePoints === 80 && seen.withSelectors && !seen.withoutSelectors ? 0 : 1);
JS
node check.cjs
