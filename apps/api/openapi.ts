import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Config, ProblemDto } from '#platform';
import { askForKey } from './ask-for-key.js';

const DESCRIPTION = `Watches a continuous chemical plant, with the Tennessee Eastman Process as the plant it knows by heart.

* Times are ISO 8601 in UTC. "Now" is plant time, see \`GET /api/v1/plant\`.
* Lists answer \`{ items, next_cursor }\`; send \`next_cursor\` back as \`cursor\`.
* Errors are RFC 9457 problem documents with a stable \`code\`.
* \`POST /predictions\`, \`POST /reports\` and \`POST /models/{name}/train\` answer 202 with a \`job_id\`; poll \`status_url\` and mind \`Retry-After\`.`;

const PROBLEM = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } };

/** The OpenAPI document of the API. */
function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('tep-dashboard-backend')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'API key; not needed on a loopback address',
    })
    .addSecurityRequirements('bearer')
    .addGlobalResponse({
      status: 401,
      description: 'The key is missing or unknown; never where no key is needed',
      content: PROBLEM,
    })
    .addGlobalResponse({
      status: 403,
      description: 'The role of the key does not suffice, or Host or Origin is a foreign one',
      content: PROBLEM,
    })
    .addGlobalResponse({
      status: 503,
      description: 'The database, or another part that is needed, does not answer; see Retry-After',
      content: PROBLEM,
    })
    .addGlobalResponse({
      status: 507,
      description: 'The database has no room left to write to; nothing was changed but what the answer says',
      content: PROBLEM,
    });
  return withBodyRefusals(SwaggerModule.createDocument(app, builder.build()));
}

/** A body is judged by its size and type before any route sees it, so no route could forget to say so. */
function withBodyRefusals(document: OpenAPIObject): OpenAPIObject {
  for (const { post, patch } of Object.values(document.paths)) {
    for (const operation of [post, patch]) {
      if (operation?.requestBody === undefined) continue;
      operation.responses = {
        413: { description: 'The body is too large', content: PROBLEM },
        415: { description: 'The route does not read this media type', content: PROBLEM },
        ...operation.responses,
      };
    }
  }
  return document;
}

/** Serves the document at /docs (for people) and /docs-json (for programs), to whoever may read. */
export function serveOpenApi(app: INestApplication): void {
  app.use(['/docs', '/docs-json', '/docs-yaml'], askForKey(app.get(Config), 'viewer', 'API'));
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    customSiteTitle: 'tep-dashboard-backend API',
    jsonDocumentUrl: 'docs-json',
    swaggerOptions: { docExpansion: 'none', defaultModelsExpandDepth: 0, tagsSorter: 'alpha' },
  });
}
