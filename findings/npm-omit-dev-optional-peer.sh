#!/usr/bin/env bash
# npm 11.19.1: `npm ci --omit=dev` installs a development dependency that a package of production names as an optional peer.
#
# Expected: what stands under devDependencies stays out; an optional peer that nobody else asks for is not installed.
# Seen: immer, a development dependency, is installed with zustand 5.0.8, a dependency with the optional peer immer; so does
#   `npm prune --omit=dev` keep it. Without it under devDependencies zustand brings no immer. Hence more development packages make
#   an installation for production larger: with a library of decorators or schemas it is often the whole compiler.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/npm" "$folder/app"
cd "$folder/npm"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund npm@11.19.1
npm=("$folder/npm/node_modules/.bin/npm" --silent --no-audit --no-fund)

# What is installed for production, by a command, where package.json has such development dependencies.
installed() {
  rm -rf "$folder/app" && mkdir "$folder/app" && cd "$folder/app"
  echo "{ \"private\": true, \"dependencies\": { \"zustand\": \"5.0.8\" }, \"devDependencies\": $1 }" > package.json
  "${npm[@]}" install
  "${npm[@]}" "$2" --omit=dev
  ls node_modules | paste -sd ' '
}

echo "npm $("${npm[@]}" --version)"
declared=$(installed '{ "immer": "10.1.1", "ms": "2.1.3" }' ci)
echo "immer and ms for development, npm ci --omit=dev:    $declared"
pruned=$(installed '{ "immer": "10.1.1", "ms": "2.1.3" }' prune)
echo "immer and ms for development, npm prune --omit=dev: $pruned"
alone=$(installed '{ "ms": "2.1.3" }' ci)
echo "ms for development, npm ci --omit=dev:              $alone"
[[ $declared == 'immer zustand' && $pruned == 'immer zustand' && $alone == zustand ]] ||
  { echo "behaviour has changed" >&2; exit 1; }
