#!/usr/bin/env bash
# mysql2 3.24.6: destroy() on a connection with a statement under way settles nothing.
#
# Expected: whoever waits for the statement learns that the connection is gone, as with a connection that the server drops
#   (PROTOCOL_CONNECTION_LOST) and as pg does when its socket is destroyed.
# Seen: the promise of the statement neither resolves nor rejects; only the connection's "end" event shows it. Destroying the
#   stream below with an error (`connection.stream.destroy(error)`) does reject it. (Warnings of packets out of order are the
#   stand-in server's.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mysql2@3.24.6
cat > check.cjs <<'JS'
const mysql = require('mysql2');
const { setTimeout } = require('node:timers/promises');

// mysql2's own server side answers the handshake and never answers the statement.
const server = mysql.createServer();
server.on('connection', (connection) => {
  connection.on('error', () => undefined);
  connection.serverHandshake({
    protocolVersion: 10,
    serverVersion: '8.0.0',
    connectionId: 1,
    statusFlags: 2,
    characterSet: 33,
    capabilityFlags: 0xffffff & ~0x800,
  });
  connection.on('query', () => undefined);
});

async function fateOf(end) {
  const connection = mysql.createConnection({ host: '127.0.0.1', port: server._server.address().port, user: 'plant' });
  const events = [];
  for (const name of ['error', 'end']) connection.on(name, () => events.push(name));
  let fate = 'pending';
  connection
    .promise()
    .query('SELECT 1')
    .then(
      () => (fate = 'resolved'),
      (error) => (fate = `rejected: ${error.message}`),
    );
  await setTimeout(1_000);
  end(connection);
  await setTimeout(3_000);
  return { fate, events };
}

server.listen(0, '127.0.0.1', async () => {
  const destroyed = await fateOf((connection) => connection.destroy());
  const streamDestroyed = await fateOf((connection) => connection.stream.destroy(new Error('the stream is gone')));
  console.log({ destroyed, streamDestroyed });
  const changed = destroyed.fate !== 'pending' || !streamDestroyed.fate.startsWith('rejected');
  process.exit(changed ? 1 : 0);
});
JS
node check.cjs
