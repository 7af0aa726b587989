#!/usr/bin/env bash
# openapi-typescript 7.13.0 with typescript 5.9.3: types made of a schema that is an array of itself do not compile.
#
# Expected: "any JSON", a schema of OpenAPI 3.1 that refers to itself as members and as items, becomes a type like
#   `type Json = string | Json[] | { [key: string]: Json }`, which TypeScript takes.
# Seen: the generator says nothing and ends with 0, and the compiler refuses the file: "TS2502: 'Json' is referenced directly
#   or indirectly in its own type annotation", since `components["schemas"]["Json"][]` is looked up while that very member is
#   made. The reference as members of an object alone compiles; so does an array of such objects.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "json", "private": true }' > package.json
npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 typescript@5.9.3

# What comes of a Json that may be text or what is given: "compiles", or the compiler's complaint.
outcome() {
  cat > api.json << END
{ "openapi": "3.1.0", "info": { "title": "json", "version": "1" }, "paths": {},
  "components": { "schemas": { "Json": { "anyOf": [{ "type": "string" }, $1] } } } }
END
  npx openapi-typescript api.json -o api.d.ts > generated.txt 2>&1 || { cat generated.txt >&2; exit 1; }
  npx tsc --noEmit --strict api.d.ts > compiled.txt && echo compiles || grep -o "TS[0-9]*: 'Json'.*" compiled.txt
}

self='{ "$ref": "#/components/schemas/Json" }'
object="{ \"type\": \"object\", \"additionalProperties\": $self }"
members=$(outcome "$object")
echo "as members:            $members"
objects=$(outcome "{ \"type\": \"array\", \"items\": $object }")
echo "as members of items:   $objects"
items=$(outcome "{ \"type\": \"array\", \"items\": $self }")
echo "as items:              $items"
[[ $members == compiles && $objects == compiles && $items == TS2502* ]] ||
  { echo "behaviour has changed" >&2; exit 1; }
