import type { Command } from 'commander';
import { EquipmentModule, PlantRegistration } from '#equipment';
import { withContext } from './context.js';

/** `db:init`: creates the tables and the basic data of the plant; safe to repeat. */
export function registerDbInit(program: Command): void {
  program
    .command('db:init')
    .description('bring the database up to date and register the plant (equipment, tags, alarm limits)')
    .action(() =>
      withContext({ imports: [EquipmentModule], schema: 'migrate' }, async (context) => {
        const added = await context.get(PlantRegistration, { strict: false }).register();
        console.log(`The tables are up to date; added ${added.equipment} equipment and ${added.tags} tags.`);
      }),
    );
}
