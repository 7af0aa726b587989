import type { EntitySubscriberInterface } from 'typeorm';
import type { AfterQueryEvent } from 'typeorm/subscriber/event/QueryEvent.js';
import { databaseErrorOf } from './database-errors.js';
import { parameterBytes, type WriteCondition } from './write-condition.js';

const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE)\b/i;

/** Reports to a database's condition how every single statement that writes has fared. */
export class WriteWatch implements EntitySubscriberInterface {
  constructor(private readonly condition: WriteCondition) {}

  afterQuery({ query, parameters, success, error }: AfterQueryEvent): void {
    if (!WRITES.test(query)) return;
    const bytes = parameterBytes(parameters);
    if (success) this.condition.written(bytes);
    else this.condition.failed(databaseErrorOf(error), bytes);
  }
}
