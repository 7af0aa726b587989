import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Caller, type Page, type Principal } from '#platform';
import { AnomalyService } from './anomaly.service.js';
import { AcknowledgeAnomalyDto } from './dto/acknowledge-anomaly.dto.js';
import { AnomalyIdParams } from './dto/anomaly-id.params.js';
import { AnomalyListQuery } from './dto/anomaly-list.query.js';
import { AnomalyDto, AnomalyPageDto } from './dto/anomaly.dto.js';
import { ScanDto, ScanWindowDto } from './dto/scan-window.dto.js';
import { WindowScan } from './window-scan.service.js';

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
  list(@Query() query: AnomalyListQuery): Promise<Page<AnomalyDto>> {
    return this.anomalies.list(query);
  }

  @Get(':anomaly_id')
  @ApiOperation({ operationId: 'getAnomaly', summary: 'Read an anomaly' })
  @ApiOkResponse({ type: AnomalyDto })
  @ApiProblems(400, 404)
  read(@Param() { anomaly_id }: AnomalyIdParams): Promise<AnomalyDto> {
    return this.anomalies.read(anomaly_id);
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
