import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CATALOGUE } from '#equipment';
import { ApiProblems, Consumes, keptAnswer, type KeptAnswer, ProcessClock } from '#platform';
import { IngestBatchDto, IngestReplyDto } from './ingest/dto/ingest.dto.js';
import { SeriesDto } from './series/dto/series.dto.js';
import { SeriesQuery } from './series/dto/series.query.js';
import { IngestDoor, MAX_STREAM_BYTES, MAX_STREAM_TIME_MS } from './ingest/ingest-door.service.js';
import { CHUNK_SAMPLES, MAX_BATCH_SAMPLES, MAX_LINE_LENGTH } from './ingest/ingest.service.js';
import { seriesCsv } from './series/series-csv.js';
import { seriesJson } from './series/series-json.js';
import { SAMPLE_SWEEPS, SAMPLES } from './samples/sample-feed.service.js';
import { SeriesService } from './series/series.service.js';

const NDJSON_EXAMPLE = [
  '{"tag":"XMEAS_07","ts":"2026-03-01T08:03:00Z","value":2705.1}',
  '{"ts":"2026-03-01T08:06:00Z","values":{"XMEAS_07":2704.8,"XMEAS_09":120.4}}',
].join('\n');
const CSV = 'text/csv';
const SERIES_CSV_EXAMPLE = 'tag,time,value,quality\nXMEAS_07,2026-03-01T08:03:00.000Z,2705.1,good\n';
const CSV_EXAMPLE = 'tag,time,value\nXMEAS_07,2026-03-01T08:03:00Z,2705.1\n';

@ApiTags('Timeseries')
@Controller('timeseries')
export class TimeseriesController {
  constructor(
    private readonly series: SeriesService,
    private readonly ingest: IngestDoor,
    private readonly clock: ProcessClock,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getTimeseries',
    summary: 'Read series, thinned out for a chart',
    description:
      'Long windows are read from rollups of 10 seconds, 1 minute, 15 minutes, 1 hour or 1 day; `source` says which. With `Accept: text/csv` ' +
      'the points come as lines `tag,time,value,quality`.',
  })
  @ApiExtraModels(SeriesDto)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(SeriesDto) } },
      [CSV]: { schema: { type: 'string' }, example: SERIES_CSV_EXAMPLE },
    },
  })
  @ApiProblems(400, 404, 422)
  async read(
    @Query() query: SeriesQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile | KeptAnswer<Buffer>> {
    response.vary('Accept');
    if (request.accepts('application/json', CSV) === CSV)
      return new StreamableFile(
        Readable.from(seriesCsv(await this.series.series(query)), { objectMode: false }),
        { type: `${CSV}; charset=utf-8`, disposition: 'attachment; filename="timeseries.csv"' },
      );
    const clock = query.to === undefined ? this.clock : undefined;
    const headers = (): Record<string, string> => ({ Vary: 'Accept' });
    return keptAnswer({ from: [SAMPLES, SAMPLE_SWEEPS, CATALOGUE], clock, headers }, async () =>
      seriesJson(await this.series.series(query)),
    );
  }

  @Post()
  @HttpCode(200)
  @Consumes('application/json', 'application/x-ndjson', 'text/csv')
  @ApiOperation({
    operationId: 'ingestSamples',
    summary: 'Send samples',
    description: [
      'A tag and time that exists is overwritten; late samples are welcome; what is more than 5 minutes ahead of the',
      'plant, NaN or infinite is refused, and an unknown tag is named.',
      `**JSON**: up to ${MAX_BATCH_SAMPLES} samples and 1 MiB, all of them or none.`,
      `**NDJSON** (a sample or a record a line) and **CSV** (header \`tag,time,value[,quality]\` or \`time,TAG,TAG,…\`)`,
      `are read as streams of up to ${MAX_STREAM_BYTES / 1_048_576} MiB, ${MAX_STREAM_TIME_MS / 1_000} s and`,
      `${MAX_LINE_LENGTH} characters a line, and written in chunks of ${CHUNK_SAMPLES} samples, each whole or not at`,
      'all; an error names the line and says what was kept (`accepted`, `kept_through_line`).',
    ].join(' '),
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { $ref: getSchemaPath(IngestBatchDto) } },
        'application/x-ndjson': { schema: { type: 'string' }, example: NDJSON_EXAMPLE },
        'text/csv': { schema: { type: 'string' }, example: CSV_EXAMPLE },
      },
    },
  })
  @ApiExtraModels(IngestBatchDto)
  @ApiOkResponse({ type: IngestReplyDto })
  @ApiProblems(400, 413, 415, 422, 429)
  write(@Req() request: Request): Promise<IngestReplyDto> {
    return this.ingest.take(request);
  }
}
