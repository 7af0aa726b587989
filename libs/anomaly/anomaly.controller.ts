import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CATALOGUE } from '#equipment';
import {
  ApiProblems,
  Caller,
  EVENTS,
  keptAnswer,
  type KeptAnswer,
  type Page,
  type Principal,
} from '#platform';
import { AnomalyService } from './anomaly.service.js';
import { AcknowledgeAnomalyDto } from './dto/acknowledge-anomaly.dto.js';
import { AnomalyIdParams } from './dto/anomaly-id.params.js';
import { AnomalyListQuery } from './dto/anomaly-list.query.js';
import { AnomalyDto, AnomalyPageDto } from './dto/anomaly.dto.js';
import { ScanDto, ScanWindowDto } from './dto/scan-window.dto.js';
import { WindowScan } from './window-scan.service.js';

/** Anomalies, and the names of their equipment and tags. */
const SOURCES = [EVENTS, CATALOGUE];

@ApiTags('Anomaly')
@Controller('anomalies')
export class AnomalyController {
  constructor(
    private readonly anomalies: AnomalyService,
    private readonly scan: WindowScan,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAnomalies', summary: 'List anomalies, the newest first' })
  @ApiOkResponse({ type: AnomalyPageDto })
  @ApiProblems(400, 404)
  list(@Query() query: AnomalyListQuery): KeptAnswer<Page<AnomalyDto>> {
    return keptAnswer({ from: SOURCES }, () => this.anomalies.list(query));
  }

  @Get(':anomaly_id')
  @ApiOperation({ operationId: 'getAnomaly', summary: 'Read an anomaly' })
  @ApiOkResponse({ type: AnomalyDto })
  @ApiProblems(400, 404)
  read(@Param() { anomaly_id }: AnomalyIdParams): KeptAnswer<AnomalyDto> {
    return keptAnswer({ from: SOURCES }, () => this.anomalies.read(anomaly_id));
  }

  @Post(':anomaly_id/acknowledge')
  @HttpCode(200)
  @ApiOperation({ operationId: 'acknowledgeAnomaly', summary: 'Say that somebody has seen to it' })
  @ApiOkResponse({ type: AnomalyDto })
  @ApiProblems(400, 404, 409)
  acknowledge(
    @Param() { anomaly_id }: AnomalyIdParams,
    @Body() { comment }: AcknowledgeAnomalyDto,
    @Caller() caller: Principal,
  ): Promise<AnomalyDto> {
    return this.anomalies.acknowledge(anomaly_id, comment, caller);
  }

  @Post('scan')
  @HttpCode(200)
  @ApiOperation({ operationId: 'scanWindow', summary: 'Run detectors over a past window; nothing is stored' })
  @ApiOkResponse({ type: ScanDto })
  @ApiProblems(400, 422)
  scanWindow(@Body() dto: ScanWindowDto): Promise<ScanDto> {
    return this.scan.run(dto);
  }
}
