import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { API_PREFIX, Config, NAMED_SCHEMAS, ProblemDto, REQUIRED_ROLE } from '#platform';
import { askForKey } from './ask-for-key.js';
import { foreignPagePolicy } from './content-policy.js';
import { exemplify } from './openapi-examples.js';

const DESCRIPTION = `Watches a continuous chemical plant, with the Tennessee Eastman Process as the plant it knows by heart.

* Times are ISO 8601 in UTC. "Now" is plant time, see \`GET ${API_PREFIX}/plant\`.
* Lists answer \`{ items, next_cursor }\`; send \`next_cursor\` back as \`cursor\`.
* Errors are RFC 9457 problem documents with a stable \`code\`.
* \`POST /predictions\`, \`POST /reports\` and \`POST /models/{name}/train\` answer 202 with a \`job_id\`; poll \`status_url\` and mind \`Retry-After\`.
* \`GET /events\` streams what changes, so that nobody has to poll.`;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & { [REQUIRED_ROLE]?: string };

const KEY_DESCRIPTION = 'API key; not needed on a loopback address';
const PROBLEM = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } };

/** The OpenAPI document of the API. */
function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('tep-dashboard-backend')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'The server this document comes from')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: KEY_DESCRIPTION }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: KEY_DESCRIPTION }, 'api_key')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('api_key')
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
  const document = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [ProblemDto],
    operationIdFactory: (controller, method) => method + controller.replace(/Controller$/, ''),
  });
  document.components = {
    ...document.components,
    schemas: { ...exemplify(document.components?.schemas ?? {}), ...NAMED_SCHEMAS },
  };
  for (const { get, post, patch, delete: remove } of Object.values(document.paths)) {
    for (const operation of [post, patch, remove]) if (operation) addBodyRefusals(operation);
    for (const operation of [get, post, patch, remove]) if (operation) openIfPublic(operation);
  }
  return document;
}

function openIfPublic(operation: Operation): void {
  if (operation[REQUIRED_ROLE] !== 'public') return;
  operation.security = [];
  delete operation.responses[401];
}

/** The size and type of a body are checked before any route sees it, so no route could forget to say so. */
function addBodyRefusals(operation: Operation): void {
  operation.responses = {
    413: { description: 'The body is too large', content: PROBLEM },
    415: { description: 'The route does not read this media type', content: PROBLEM },
    ...operation.responses,
  };
}

/** Serves the document at /docs (for people) and /docs-json (for programs), to whoever may read. */
export function serveOpenApi(app: INestApplication): void {
  app.use('/docs', foreignPagePolicy());
  app.use(['/docs', '/docs-json', '/docs-yaml'], askForKey(app.get(Config), 'viewer', 'API'));
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    customSiteTitle: 'tep-dashboard-backend API',
    jsonDocumentUrl: 'docs-json',
    swaggerOptions: { docExpansion: 'none', defaultModelsExpandDepth: 0, tagsSorter: 'alpha' },
  });
}
