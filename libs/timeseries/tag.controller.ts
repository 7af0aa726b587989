import { Body, Controller, Get, Param, Patch, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CATALOGUE } from '#equipment';
import {
  ApiProblems,
  type AuthenticatedRequest,
  callerOf,
  keptAnswer,
  type KeptAnswer,
  type Page,
  PageQuery,
  ProcessClock,
} from '#platform';
import { type ListedTagDto, TagPageDto } from './dto/sensor.dto.js';
import { type TagChangeDto, TagChangePageDto } from './dto/tag-change.dto.js';
import { TagCodeParams } from './dto/tag-code.params.js';
import { TagDto } from './dto/tag.dto.js';
import { TagListQuery } from './dto/tag-list.query.js';
import { UpdateTagDto } from './dto/update-tag.dto.js';
import { SAMPLE_SWEEPS } from './retention/sample-retention.service.js';
import { SAMPLES } from './samples/sample-feed.service.js';
import { SensorService } from './sensor.service.js';
import { TagSettingsService } from './tag-settings.service.js';

@ApiTags('Timeseries')
@Controller('tags')
export class TagController {
  constructor(
    private readonly sensors: SensorService,
    private readonly settings: TagSettingsService,
    private readonly clock: ProcessClock,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listTags',
    summary: 'List tags with units, ranges and alarm limits, in the order of the plant',
  })
  @ApiOkResponse({ type: TagPageDto })
  @ApiProblems(400, 404)
  list(@Query() query: TagListQuery): KeptAnswer<Page<ListedTagDto>> {
    const sources = query.latest
      ? { from: [SAMPLES, SAMPLE_SWEEPS, CATALOGUE], clock: this.clock }
      : { from: [CATALOGUE] };
    return keptAnswer(sources, () => this.sensors.listTags(query));
  }

  @Get(':code')
  @ApiOperation({ operationId: 'getTag', summary: 'Read a tag' })
  @ApiOkResponse({ type: TagDto })
  @ApiProblems(400, 404)
  read(@Param() { code }: TagCodeParams): KeptAnswer<TagDto> {
    return keptAnswer({ from: [CATALOGUE] }, () => this.settings.read(code));
  }

  @Patch(':code')
  @ApiOperation({
    operationId: 'updateTag',
    summary: 'Change names, alarm limits, deadband, delays or priority of a tag; it is noted who did',
  })
  @ApiOkResponse({ type: TagDto })
  @ApiProblems(400, 404)
  update(
    @Param() { code }: TagCodeParams,
    @Body() dto: UpdateTagDto,
    @Req() request: AuthenticatedRequest,
  ): Promise<TagDto> {
    return this.settings.update(code, dto, callerOf(request));
  }

  @Get(':code/changes')
  @ApiOperation({
    operationId: 'listTagChanges',
    summary: 'List what people changed about a tag, the newest first',
  })
  @ApiOkResponse({ type: TagChangePageDto })
  @ApiProblems(400, 404)
  listChanges(@Param() { code }: TagCodeParams, @Query() query: PageQuery): Promise<Page<TagChangeDto>> {
    return this.settings.listChanges(code, query);
  }
}
