#!/usr/bin/env bash
# express 5.2.1 on Node 20 and later (libuv 1.45 and later): a busy server accepts one new connection a turn of its event loop.
#
# Expected: connections that wait in the backlog are accepted together as soon as the loop comes round to the listening socket, so
#   that a new client waits about as long for its first answer as the old ones wait for their next.
# Seen: of 20 clients that connect at the same moment to a server kept busy by 30 others, one is accepted with each turn. The old
#   clients get some twenty further answers each before the last new one gets its first. A load test that opens its connections
#   and starts right away measures this at the top of its percentiles: the connections are to be used once before it begins.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund express@5.2.1
cat > server.cjs <<'JS'
const express = require('express');
const app = express();
app.get('/', (request, response) => {
  const until = performance.now() + 2;
  while (performance.now() < until);
  response.send('done');
});
const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
JS
cat > check.cjs <<'JS'
const { fork } = require('node:child_process');
const { once } = require('node:events');
const { connect } = require('node:net');

const OLD = 30;
const NEW = 20;
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function ask(socket) {
  socket.write(REQUEST);
  let text = '';
  while (!text.endsWith('done')) text += (await once(socket, 'data'))[0].toString();
}

async function open(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

(async () => {
  const server = fork('./server.cjs');
  const [port] = await once(server, 'message');
  const old = [];
  for (let i = 0; i < OLD; i++) {
    const socket = await open(port);
    await ask(socket);
    old.push(socket);
  }
  let answers = 0;
  let goesOn = true;
  const busy = old.map(async (socket) => {
    while (goesOn) {
      await ask(socket);
      answers++;
    }
  });
  while (answers < 5 * OLD) await new Promise((resolve) => setTimeout(resolve, 20));
  const before = answers;
  const firsts = await Promise.all(
    Array.from({ length: NEW }, async () => {
      await ask(await open(port));
      return (answers - before) / OLD;
    }),
  );
  goesOn = false;
  await Promise.all(busy);
  server.disconnect();
  const last = Math.max(...firsts);
  console.log({ node: process.version, libuv: process.versions.uv, new: NEW, answersOfEachOldBeforeTheLast: last });
  process.exit(last > NEW / 2 ? 0 : 1);
})();
JS
node check.cjs
