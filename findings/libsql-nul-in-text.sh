#!/usr/bin/env bash
# libsql 0.5.29 (Node binding): a text with U+0000 in it is stored whole and read up to it.
#
# Expected: what was bound to a parameter comes back, as with better-sqlite3, whose interface this is: SQLite keeps the length of a
#   text, and says it beside the bytes.
# Seen: the row has all the bytes (hex and a cast to BLOB show them), but SELECT answers the text before the first U+0000, without
#   an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libsql@0.5.29
cat > check.cjs <<'JS'
const Database = require('libsql');
const database = new Database(':memory:');
database.exec('CREATE TABLE note (text TEXT)');
database.prepare('INSERT INTO note VALUES (?)').run('kept\0lost');
const [row] = database.prepare('SELECT text, hex(text) AS hex, CAST(text AS BLOB) AS blob FROM note').all();
const seen = { text: row.text, hex: row.hex, blob: Buffer.from(row.blob).toString() };
console.log(seen);
const same = seen.text === 'kept' && seen.hex === '6B657074006C6F7374' && seen.blob === 'kept\0lost';
process.exit(same ? 0 : 1);
JS
node check.cjs
