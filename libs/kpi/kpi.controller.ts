import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CATALOGUE } from '#equipment';
import { ApiProblems, EVENTS, keptAnswer, type KeptAnswer, ProcessClock } from '#platform';
import { SAMPLE_SWEEPS, SAMPLES } from '#timeseries';
import { KpiListDto, KpiTrendDto } from './dto/kpi.dto.js';
import { KpiNameParams, KpiQuery, KpiTrendQuery } from './dto/kpi.query.js';
import { KPI_HOURS } from './kpi-hour.repository.js';
import { KpiService } from './kpi.service.js';

/** Samples, as they are or condensed, and lots. */
const SOURCES = [SAMPLES, SAMPLE_SWEEPS, KPI_HOURS, CATALOGUE, EVENTS];

@ApiTags('KPI')
@Controller('kpi')
export class KpiController {
  constructor(
    private readonly kpis: KpiService,
    private readonly clock: ProcessClock,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listKpis',
    summary: 'All KPIs of a period or a lot, with what they are made of',
  })
  @ApiOkResponse({ type: KpiListDto })
  @ApiProblems(400, 404)
  list(@Query() query: KpiQuery): KeptAnswer<KpiListDto> {
    return this.kept(query, () => this.kpis.list(query));
  }

  @Get(':name/trend')
  @ApiOperation({ operationId: 'getKpiTrend', summary: 'One KPI by hour or by day' })
  @ApiOkResponse({ type: KpiTrendDto })
  @ApiProblems(400, 404)
  trend(@Param() { name }: KpiNameParams, @Query() query: KpiTrendQuery): KeptAnswer<KpiTrendDto> {
    return this.kept(query, () => this.kpis.trend(name, query));
  }

  /** Without an end, or of a lot that may be open, the period ends now. */
  private kept<T>({ to }: KpiQuery, produce: () => Promise<T>): KeptAnswer<T> {
    return keptAnswer({ from: SOURCES, clock: to === undefined ? this.clock : undefined }, produce);
  }
}
