import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { EquipmentIdParams } from '#equipment';
import { ApiProblems, type Page, PageQuery } from '#platform';
import { SensorDto, SensorPageDto } from './dto/sensor.dto.js';
import { SensorService } from './sensor.service.js';

@ApiTags('Equipment')
@Controller('equipment/:eq_id/sensors')
export class SensorController {
  constructor(private readonly sensors: SensorService) {}

  @Get()
  @ApiOperation({
    operationId: 'listSensors',
    summary: 'List the tags of an equipment with their latest values and limits',
  })
  @ApiOkResponse({ type: SensorPageDto })
  @ApiProblems(400, 404)
  list(@Param() { eq_id }: EquipmentIdParams, @Query() query: PageQuery): Promise<Page<SensorDto>> {
    return this.sensors.listSensors(eq_id, query);
  }
}
