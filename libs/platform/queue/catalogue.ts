import { Injectable } from '@nestjs/common';
import type { AnyJobDefinition, QueueSettings } from './job.js';

/** The jobs of this process, as the feature modules have registered them. */
@Injectable()
export class JobCatalogue {
  private readonly definitions = new Set<AnyJobDefinition>();

  /** @throws Error when two jobs have one name, or two queues */
  register(definition: AnyJobDefinition): void {
    for (const known of this.definitions) {
      if (known === definition) return;
      if (known.queue !== definition.queue && known.queue.name === definition.queue.name) {
        throw new Error(`There are two queues of the name ${definition.queue.name}`);
      }
      if (known.queue === definition.queue && known.name === definition.name) {
        throw new Error(`There are two jobs of the name ${definition.name}`);
      }
    }
    this.definitions.add(definition);
  }

  get jobs(): AnyJobDefinition[] {
    return [...this.definitions];
  }

  get queues(): QueueSettings[] {
    return [...new Set(this.jobs.map((job) => job.queue))];
  }
}
