#!/usr/bin/env bash
# @nestjs/schematics 12.0.6 with typescript 7.0.2: `nest generate` fails although the peer range admits the compiler.
#
# Expected: the package declares the peer `typescript: >=6.0.0`, so a project on TypeScript 7.0.2 generates a controller.
# Seen: npm installs the pair without a word, and every `nest generate` creates nothing and says "The requested module
#   'typescript' does not provide an export named 'SyntaxKind'" (the main entry of typescript 7 exports its version and no
#   compiler API), with exit code 0. With typescript 6.0.3 in the same folder the same command works.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
echo '{ "name": "plant", "private": true, "type": "module" }' > package.json
echo '{ "collection": "@nestjs/schematics", "sourceRoot": "src" }' > nest-cli.json
generate() { node node_modules/@nestjs/cli/bin/nest.js generate controller probe --dry-run --no-spec > "$1" 2>&1; }

npm install --silent --no-audit --no-fund @nestjs/cli@12.0.8 @nestjs/schematics@12.0.6 typescript@7.0.2 prettier@3
echo "peer range: $(node -p "require('./node_modules/@nestjs/schematics/package.json').peerDependencies.typescript")"
code=0
generate seven.txt || code=$?
echo "typescript 7.0.2: exit $code, $(grep -c CREATE seven.txt || true) file(s) would be created"
grep -o "The requested module 'typescript' does not provide an export named '[A-Za-z]*'" seven.txt
! grep -q CREATE seven.txt || { echo "behaviour has changed" >&2; exit 1; }

npm install --silent --no-audit --no-fund typescript@6.0.3
generate six.txt
grep -q CREATE six.txt || { cat six.txt >&2; exit 1; }
echo "typescript 6.0.3: exit 0, $(grep -c CREATE six.txt) file(s) would be created"
