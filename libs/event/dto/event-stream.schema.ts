import type { ApiResponseNoStatusOptions } from '@nestjs/swagger';

/** The 200 of a stream, in the OpenAPI document. OpenAPI 3.1 has no word for what is in one: docs/api.md describes it. */
export const EVENT_STREAM: ApiResponseNoStatusOptions = {
  description: 'Events until the client or the server closes; see "Events" in docs/api.md',
  content: {
    'text/event-stream': {
      schema: { type: 'string' },
      example: 'id: 1204\nevent: lots\ndata: {"lot_id":3,"lot_no":"TEP-20260301-0000","status":"open"}\n\n',
    },
  },
};
