#!/usr/bin/env bash
# libsql 0.5.29 (SQLite 3.45.1): whether the usual condition of keyset paging uses its index depends on how its values are bound.
#
# Expected: `at > ? OR (at = ? AND id > ?)` on an index of `at` is a range, or it is none, whatever the parameters are called.
# Seen: with the time bound once, as `?1` twice, `:at` twice or a number in the text, SQLite searches the index from there on.
#   With two `?` that are both bound to the same time it scans the whole index, so that each page reads all pages before it again.
#   The rows are the same. A second condition, `at >= ?`, makes it a range with any parameters.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund libsql@0.5.29
cat > check.cjs <<'JS'
const assert = require('node:assert/strict');
const Database = require('libsql');

const database = new Database(':memory:');
console.log('SQLite', database.prepare('SELECT sqlite_version() AS version').get().version);
database.exec('CREATE TABLE entry (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)');
database.exec('CREATE INDEX by_time ON entry (at)');
const insert = database.prepare('INSERT INTO entry (at) VALUES (?)');
database.transaction(() => {
  for (let at = 1; at <= 10_000; at++) insert.run(at);
})();

const LATE = 9_000;
const ways = {
  'number in the text': [`at > ${LATE} OR (at = ${LATE} AND id > 9000)`, []],
  '?1 twice': ['at > ?1 OR (at = ?1 AND id > 9000)', [LATE]],
  ':at twice': ['at > :at OR (at = :at AND id > 9000)', [{ at: LATE }]],
  'two ?': ['at > ? OR (at = ? AND id > 9000)', [LATE, LATE]],
  'two ?, and at >= ?': ['at >= ? AND (at > ? OR (at = ? AND id > 9000))', [LATE, LATE, LATE]],
};
const plans = {};
for (const [way, [condition, values]] of Object.entries(ways)) {
  const sql = `SELECT id FROM entry WHERE ${condition} ORDER BY at, id LIMIT 3`;
  plans[way] = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values)[0].detail.split(' ')[0];
  const ids = database.prepare(sql).all(...values).map(({ id }) => id);
  assert.deepEqual(ids, [9_001, 9_002, 9_003], way);
}
console.log(plans);
assert.deepEqual(plans, {
  'number in the text': 'SEARCH',
  '?1 twice': 'SEARCH',
  ':at twice': 'SEARCH',
  'two ?': 'SCAN',
  'two ?, and at >= ?': 'SEARCH',
});
JS
node check.cjs
echo 'as described'
