import { type Command, Option } from 'commander';
import { createApiKey, type Role, ROLES } from '#platform';

/** `api-key`: makes a key; only its hash goes into the configuration. */
export function registerApiKey(program: Command): void {
  program
    .command('api-key')
    .description('make an API key and the line for API_KEYS')
    .requiredOption('--name <name>', 'who will use it, e.g. dashboard')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--expires <date>', 'YYYY-MM-DD, the first day it no longer works')
    .action(({ name, role, expires }: { name: string; role: Role; expires?: string }) => {
      const { secret, entry } = createApiKey(name, role, expires);
      console.log(`Key (shown once):     ${secret}`);
      console.log(`Entry for API_KEYS:   ${entry}`);
    });
}
