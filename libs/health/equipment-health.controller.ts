import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EquipmentIdParams } from '#equipment';
import { ApiProblems } from '#platform';
import { EquipmentHealthDto, PlantHealthDto } from './dto/equipment-health.dto.js';
import { EquipmentHealthQuery } from './dto/equipment-health.query.js';
import { EquipmentStatusDto } from './dto/equipment-status.dto.js';
import { EquipmentHealthService } from './equipment-health.service.js';
import { EquipmentStatusService } from './equipment-status.service.js';

@ApiTags('Equipment')
@Controller()
export class EquipmentHealthController {
  constructor(
    private readonly health: EquipmentHealthService,
    private readonly statuses: EquipmentStatusService,
  ) {}

  @Get('health/equipment')
  @ApiOperation({
    operationId: 'getPlantHealth',
    summary: 'Health scores of the plant and all its equipment',
  })
  @ApiOkResponse({ type: PlantHealthDto })
  list(): Promise<PlantHealthDto> {
    return this.health.list();
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
  ): Promise<EquipmentHealthDto> {
    return this.health.read(eq_id, query);
  }

  @Get('equipment/:eq_id/status')
  @ApiOperation({ operationId: 'getEquipmentStatus', summary: 'Whether an equipment runs well, and why not' })
  @ApiOkResponse({ type: EquipmentStatusDto })
  @ApiProblems(400, 404)
  status(@Param() { eq_id }: EquipmentIdParams): Promise<EquipmentStatusDto> {
    return this.statuses.read(eq_id);
  }
}
