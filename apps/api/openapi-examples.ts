import type { OpenAPIObject } from '@nestjs/swagger';
import { API_PREFIX, EXAMPLE_JOB_ID } from '#platform';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** What answers that are the same for all features look like here: the platform describes them without knowing any plant. */
const EXAMPLES: Record<string, Record<string, string>> = {
  ProblemFieldDto: { field: 'horizon_steps', message: 'horizon_steps must not be greater than 20' },
  ProblemDto: { detail: 'horizon_steps: horizon_steps must not be greater than 20' },
  JobAcceptedDto: { status_url: `${API_PREFIX}/predictions/${EXAMPLE_JOB_ID}` },
  JobErrorDto: { code: 'WINDOW_TOO_SHORT', message: '78 rows of history, 80 are needed' },
};

/** The schemas with these examples in them. */
export function exemplify(schemas: Schemas): Schemas {
  const examples = Object.entries(EXAMPLES).map(([name, ofProperties]) => {
    const schema = schemas[name];
    if (!schema || '$ref' in schema) throw new Error(`There is no schema ${name} to give examples of`);
    const properties = { ...schema.properties };
    for (const [property, example] of Object.entries(ofProperties)) {
      const { type, ...rest } = properties[property] as { type: string };
      properties[property] = { type, example, ...rest };
    }
    return [name, { ...schema, properties }] as const;
  });
  return { ...schemas, ...Object.fromEntries(examples) };
}
