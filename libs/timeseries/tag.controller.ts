import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, type Page } from '#platform';
import { type ListedTagDto, TagPageDto } from './dto/sensor.dto.js';
import { TagListQuery } from './dto/tag-list.query.js';
import { SensorService } from './sensor.service.js';

@ApiTags('Timeseries')
@Controller('tags')
export class TagController {
  constructor(private readonly sensors: SensorService) {}

  @Get()
  @ApiOperation({
    operationId: 'listTags',
    summary: 'List tags with units, ranges and alarm limits, in the order of the plant',
  })
  @ApiOkResponse({ type: TagPageDto })
  @ApiProblems(400, 404)
  list(@Query() query: TagListQuery): Promise<Page<ListedTagDto>> {
    return this.sensors.listTags(query);
  }
}
