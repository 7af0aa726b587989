#!/usr/bin/env bash
# typescript 6.0.3: `ts.transpileModule` makes CommonJS of an ES module when it is given the `module: nodenext` of the project's tsconfig.json.
#
# Expected: the same options give the same kind of module as `tsc`, which emits ES modules in a package of `"type": "module"`; at least a
#   file whose imports and exports are those of ES modules is not turned into the other kind without a word.
# Seen: beside a package.json of `"type": "module"`, tsc keeps import and export; transpileModule, given the full path of the file, writes
#   `exports.` and `require(`, with no diagnostic. It never looks at package.json. A file named .mts, or `module: esnext`, stays an ES module.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "check", "version": "1.0.0", "type": "module" }' > package.json
npm install --silent --no-audit --no-fund typescript@6.0.3
cat > half.ts <<'TS'
import { sep } from 'node:path';
export const half = (text: string): string[] => text.split(sep, 2);
TS
cat > tsconfig.json <<'JSON'
{ "compilerOptions": { "module": "nodenext", "target": "es2023", "outDir": "out", "types": [], "noCheck": true }, "files": ["half.ts"] }
JSON
cat > check.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

const source = readFileSync('half.ts', 'utf8');
const kind = (code) => (/^export /m.test(code) ? 'ES module' : /exports\./.test(code) ? 'CommonJS' : 'neither');
function transpiled(fileName, module) {
  const options = { module, target: ts.ScriptTarget.ES2023 };
  const { outputText, diagnostics } = ts.transpileModule(source, {
    fileName: resolve(fileName),
    compilerOptions: options,
    reportDiagnostics: true,
  });
  return { kind: kind(outputText), diagnostics: diagnostics.length };
}
const seen = {
  tsc: kind(readFileSync('out/half.js', 'utf8')),
  'half.ts, nodenext': transpiled('half.ts', ts.ModuleKind.NodeNext),
  'half.mts, nodenext': transpiled('half.mts', ts.ModuleKind.NodeNext),
  'half.ts, esnext': transpiled('half.ts', ts.ModuleKind.ESNext),
};
console.log(`typescript ${ts.version}`, JSON.stringify(seen, undefined, 1));
const asFound =
  seen.tsc === 'ES module' &&
  seen['half.ts, nodenext'].kind === 'CommonJS' &&
  seen['half.ts, nodenext'].diagnostics === 0 &&
  seen['half.mts, nodenext'].kind === 'ES module' &&
  seen['half.ts, esnext'].kind === 'ES module';
console.log(asFound ? 'As found.' : 'This has changed.');
process.exit(asFound ? 0 : 1);
JS
node_modules/.bin/tsc -p .
node check.mjs
