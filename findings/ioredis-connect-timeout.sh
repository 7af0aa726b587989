#!/usr/bin/env bash
# ioredis 5.11.1: `connectTimeout` is over once TCP is connected; the handshake after it has no deadline.
#
# Expected: a client with `connectTimeout: 1000` either reaches "ready" or reports a time-out within about a second, also when
#   the server accepts the connection and never says a word (a stopped process, a full listen queue, a half-dead proxy).
# Seen: TCP connects, the timer is cleared, and the client waits for the answer to its first command: ten times the time-out
#   later its status is still "connect", no error and no close have been emitted, and it has not tried again. Only with
#   `commandTimeout` or `socketTimeout` set as well is the connection closed and made again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@5.11.1
cat > check.cjs <<'JS'
const { createServer } = require('node:net');
const { setTimeout } = require('node:timers/promises');
const { Redis } = require('ioredis');

/** How a client stands ten time-outs after it was made, against a server that accepts and stays silent. */
async function afterTenTimeouts(port, options) {
  const events = [];
  const client = new Redis({ port, connectTimeout: 1_000, retryStrategy: () => 100, ...options });
  for (const name of ['connect', 'ready', 'close', 'reconnecting']) client.on(name, () => events.push(name));
  client.on('error', ({ message }) => events.push(`error: ${message}`));
  await setTimeout(10_000);
  const { status } = client;
  client.disconnect();
  return { status, events: events.slice(0, 4) };
}

const sockets = new Set();
const server = createServer((socket) => {
  sockets.add(socket.on('error', () => undefined));
  socket.resume();
}).listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const [plain, commandTimeout, socketTimeout] = await Promise.all([
    afterTenTimeouts(port, {}),
    afterTenTimeouts(port, { commandTimeout: 1_000 }),
    afterTenTimeouts(port, { socketTimeout: 1_000 }),
  ]);
  console.log(JSON.stringify({ plain, commandTimeout, socketTimeout }, null, 2));
  for (const socket of sockets) socket.destroy();
  server.close();
  if (plain.status !== 'connect' || plain.events.join() !== 'connect') throw new Error('behaviour has changed');
  for (const { events } of [commandTimeout, socketTimeout])
    if (!events.includes('close')) throw new Error('behaviour has changed');
});
JS
node check.cjs
