import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '#platform';
import { KpiListDto, KpiTrendDto } from './dto/kpi.dto.js';
import { KpiNameParams, KpiQuery, KpiTrendQuery } from './dto/kpi.query.js';
import { KpiService } from './kpi.service.js';

@ApiTags('KPI')
@Controller('kpi')
export class KpiController {
  constructor(private readonly kpis: KpiService) {}

  @Get()
  @ApiOperation({
    operationId: 'listKpis',
    summary: 'All KPIs of a period or a lot, with what they are made of',
  })
  @ApiOkResponse({ type: KpiListDto })
  @ApiProblems(400, 404)
  list(@Query() query: KpiQuery): Promise<KpiListDto> {
    return this.kpis.list(query);
  }

  @Get(':name/trend')
  @ApiOperation({ operationId: 'getKpiTrend', summary: 'One KPI by hour or by day' })
  @ApiOkResponse({ type: KpiTrendDto })
  @ApiProblems(400, 404)
  trend(@Param() { name }: KpiNameParams, @Query() query: KpiTrendQuery): Promise<KpiTrendDto> {
    return this.kpis.trend(name, query);
  }
}
