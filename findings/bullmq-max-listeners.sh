#!/usr/bin/env bash
# bullmq 6.7.0 on ioredis: a connection whose listener limit was lifted gets a limit of 3 and then warns.
#
# Expected: `connection.setMaxListeners(0)`, which Node documents as "no limit", keeps a shared connection free of
#   MaxListenersExceededWarning however many queues use it.
# Seen: each queue that takes the connection adds 3 to getMaxListeners(). 0 (no limit) becomes 3, 6, 9: the ten listeners that
#   an application adds of its own set off the warning that lifting the limit was to prevent. A large finite number helps.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bullmq@6.7.0 ioredis@5.11.1
cat > check.cjs <<'JS'
const { setTimeout } = require('node:timers/promises');
const { Queue } = require('bullmq');
const { Redis } = require('ioredis');

const warnings = [];
process.on('warning', ({ name }) => warnings.push(name));

async function limitAfter(limit) {
  const connection = new Redis({ lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: () => null });
  connection.on('error', () => undefined);
  connection.setMaxListeners(limit);
  const limits = [];
  for (const name of ['samples', 'reports', 'predictions']) {
    const queue = new Queue(name, { connection, skipVersionCheck: true });
    queue.on('error', () => undefined);
    await setTimeout(300);
    limits.push(connection.getMaxListeners());
  }
  for (let others = 0; others < 10; others++) connection.on('end', () => undefined);
  connection.disconnect();
  await setTimeout(300);
  return { limits, warnings: warnings.splice(0).length };
}

(async () => {
  const noLimit = await limitAfter(0);
  const hundred = await limitAfter(100);
  console.log({ noLimit, hundred });
  const same = noLimit.limits[0] === 3 && noLimit.warnings > 0 && hundred.limits[0] === 103 && hundred.warnings === 0;
  process.exit(same ? 0 : 1);
})();
JS
node check.cjs
