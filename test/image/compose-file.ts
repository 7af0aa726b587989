import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { projectPath } from '#platform';

export interface ComposeService {
  image: string;
  build?: object;
  command?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  logging?: { options?: Record<string, string> };
  mem_limit?: string;
  volumes?: string[];
}

/** The services of docker-compose.yml, with `variables` in their places as Compose puts them. */
export function composeServices(variables: Record<string, string>): Record<string, ComposeService> {
  const text = readFileSync(projectPath('docker-compose.yml'), 'utf8');
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
  return JSON.parse(JSON.stringify(services), (_key, value: unknown) =>
    typeof value === 'string' ? interpolated(value, variables) : value,
  ) as Record<string, ComposeService>;
}

/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$`. */
function interpolated(text: string, variables: Record<string, string>): string {
  return text.replaceAll(
    /\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (whole, name: string | undefined, kind: string | undefined, rest = '') => {
      if (name === undefined) return '$';
      const value = variables[name];
      if (value) return value;
      if (kind === '-') return rest as string;
      throw new Error(`${whole} is not set`);
    },
  );
}
