#!/usr/bin/env bash
# express 5.2.1 asked by Node's own fetch (Node 20 and later): a conditional request gets the whole answer again, never a 304.
#
# Expected: who sends the entity tag of an answer back with If-None-Match is told 304 while it is the same, whatever he asks with.
# Seen: node:http gets 304, fetch with the same header gets 200 and the body. As the Fetch standard has it, fetch takes a request
#   with If-None-Match for one past every cache and adds "Cache-Control: no-cache" and "Pragma: no-cache"; Express honours
#   the first and holds nothing for fresh. A program that polls with fetch transfers everything each time, unless it sends a
#   Cache-Control of its own, such as "max-age=0": then it is told 304, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund express@5.2.1
cat > check.cjs <<'JS'
const { once } = require('node:events');
const http = require('node:http');
const express = require('express');

let seen;
const app = express();
app.get('/', (request, response) => {
  seen = request.headers['cache-control'];
  response.send('what has not changed');
});

async function main() {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/`;
  const tag = (await fetch(url)).headers.get('etag');

  const [plain] = await once(http.get(url, { headers: { 'If-None-Match': tag } }), 'response');
  plain.resume();
  console.log(`node:http ${plain.statusCode}, Cache-Control as sent: ${seen}`);
  const result = [plain.statusCode, seen];

  for (const more of [{}, { 'Cache-Control': 'max-age=0' }]) {
    const answer = await fetch(url, { headers: { 'If-None-Match': tag, ...more } });
    const body = await answer.text();
    console.log(`fetch ${answer.status} with ${body.length} characters, Cache-Control as sent: ${seen}`);
    result.push(answer.status, body.length, seen);
  }
  server.close();
  server.closeAllConnections();
  const wanted = [304, undefined, 200, 20, 'no-cache', 304, 0, 'max-age=0'];
  if (JSON.stringify(result) !== JSON.stringify(wanted)) {
    console.error('not as stated any more:', result);
    process.exit(1);
  }
}
main();
JS
node check.cjs
