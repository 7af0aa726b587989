import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackedChromium } from '#report';

/** In place of the browser that the image gets from its system: a program in `folder` that starts the packaged one. @returns its path */
export async function systemBrowser(folder: string): Promise<string> {
  const { executablePath, environment } = await unpackedChromium();
  const variables = Object.entries(environment).map(([name, value]) => `${name}='${value}'`);
  const program = join(folder, 'chromium');
  await writeFile(program, `#!/bin/sh\nexec env ${variables.join(' ')} '${executablePath}' "$@"\n`, {
    mode: 0o755,
  });
  return program;
}
