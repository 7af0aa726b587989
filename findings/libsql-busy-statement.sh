#!/usr/bin/env bash
# libsql 0.5.29 (Node binding): a prepared INSERT that fails with SQLITE_BUSY stays half-executed.
#
# Expected: after another connection has released its lock, the connection that met SQLITE_BUSY goes on as if nothing had
#   happened; SQLite's own bindings reset a statement when a step fails.
# Seen: the failed statement is not reset. The same connection can begin a new transaction and insert with other statements,
#   but its COMMIT fails with SQLITE_BUSY ("SQL statements in progress") although no other connection holds any lock, until
#   the failed statement is run again with success or is garbage collected.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libsql@0.5.29
cat > check.cjs <<'JS'
const Database = require('libsql');
const file = 'plant.sqlite';
const ours = new Database(file, { timeout: 1 });
const other = new Database(file, { timeout: 1 });
ours.exec('PRAGMA journal_mode = WAL; CREATE TABLE sample (ts INTEGER PRIMARY KEY, value REAL)');

other.exec('BEGIN IMMEDIATE');
const insert = ours.prepare('INSERT INTO sample VALUES (?, ?)');
const attempt = (work) => {
  try {
    work();
    return 'ok';
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
};
const whileLocked = attempt(() => insert.run(1, 1));
other.exec('ROLLBACK');
other.close();

const seen = [];
for (let i = 0; i < 2; i++) {
  ours.exec('BEGIN IMMEDIATE');
  seen.push(attempt(() => ours.prepare('INSERT INTO sample VALUES (?, ?)').run(10 + i, 1)));
  seen.push(attempt(() => ours.exec('COMMIT')));
  attempt(() => ours.exec('ROLLBACK'));
}
const again = attempt(() => insert.run(2, 2));
const afterwards = attempt(() => ours.exec('BEGIN IMMEDIATE; INSERT INTO sample VALUES (20, 1); COMMIT'));
console.log({ whileLocked, insertsAndCommitsAlone: seen, sameStatementAgain: again, afterwards });
const busy = (text) => text.startsWith('SQLITE_BUSY');
if (!busy(whileLocked)) throw new Error('the lock was not met: this script no longer shows anything');
if (seen[0] !== 'ok' || !busy(seen[1]) || !busy(seen[3])) throw new Error('behaviour has changed');
JS
node check.cjs
