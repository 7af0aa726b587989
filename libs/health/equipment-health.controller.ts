import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CATALOGUE, EquipmentIdParams } from '#equipment';
import { ApiProblems, EVENTS, keptAnswer, type KeptAnswer, ProcessClock } from '#platform';
import { SAMPLE_SWEEPS, SAMPLES } from '#timeseries';
import { EquipmentHealthDto, PlantHealthDto } from './dto/equipment-health.dto.js';
import { EquipmentHealthQuery } from './dto/equipment-health.query.js';
import { EquipmentStatusDto } from './dto/equipment-status.dto.js';
import { EquipmentHealthService } from './equipment-health.service.js';
import { HEALTH_SCORES } from './health-score.repository.js';
import { EquipmentStatusService } from './equipment-status.service.js';

/** Scores, newest samples and open anomalies. */
const SOURCES = [SAMPLES, SAMPLE_SWEEPS, HEALTH_SCORES, CATALOGUE, EVENTS];

@ApiTags('Equipment')
@Controller()
export class EquipmentHealthController {
  constructor(
    private readonly health: EquipmentHealthService,
    private readonly statuses: EquipmentStatusService,
    private readonly clock: ProcessClock,
  ) {}

  @Get('health/equipment')
  @ApiOperation({
    operationId: 'getPlantHealth',
    summary: 'Health scores of the plant and all its equipment',
  })
  @ApiOkResponse({ type: PlantHealthDto })
  list(): KeptAnswer<PlantHealthDto> {
    return this.kept(() => this.health.list());
  }

  @Get('equipment/:eq_id/health')
  @ApiOperation({
    operationId: 'getEquipmentHealth',
    summary: 'Health score of an equipment, what drives it, and its history',
  })
  @ApiOkResponse({ type: EquipmentHealthDto })
  @ApiProblems(400, 404)
  read(
    @Param() { eq_id }: EquipmentIdParams,
    @Query() query: EquipmentHealthQuery,
  ): KeptAnswer<EquipmentHealthDto> {
    return this.kept(() => this.health.read(eq_id, query));
  }

  @Get('equipment/:eq_id/status')
  @ApiOperation({ operationId: 'getEquipmentStatus', summary: 'Whether an equipment runs well, and why not' })
  @ApiOkResponse({ type: EquipmentStatusDto })
  @ApiProblems(400, 404)
  status(@Param() { eq_id }: EquipmentIdParams): KeptAnswer<EquipmentStatusDto> {
    return this.kept(() => this.statuses.read(eq_id));
  }

  private kept<T>(produce: () => Promise<T>): KeptAnswer<T> {
    return keptAnswer({ from: SOURCES, clock: this.clock }, produce);
  }
}
