import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CATALOGUE, EquipmentIdParams } from '#equipment';
import {
  ApiProblems,
  EVENTS,
  keptAnswer,
  type KeptAnswer,
  type Page,
  PageQuery,
  ProcessClock,
} from '#platform';
import { SensorDto, SensorPageDto } from './dto/sensor.dto.js';
import { SAMPLE_SWEEPS, SAMPLES } from './samples/sample-feed.service.js';
import { SensorService } from './sensor.service.js';

@ApiTags('Equipment')
@Controller('equipment/:eq_id/sensors')
export class SensorController {
  constructor(
    private readonly sensors: SensorService,
    private readonly clock: ProcessClock,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listSensors',
    summary: 'List the tags of an equipment with their latest values and limits',
  })
  @ApiOkResponse({ type: SensorPageDto })
  @ApiProblems(400, 404)
  list(@Param() { eq_id }: EquipmentIdParams, @Query() query: PageQuery): KeptAnswer<Page<SensorDto>> {
    return keptAnswer({ from: [SAMPLES, SAMPLE_SWEEPS, CATALOGUE, EVENTS], clock: this.clock }, () =>
      this.sensors.listSensors(eq_id, query),
    );
  }
}
