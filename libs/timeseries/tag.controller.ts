import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Caller, type Page, type Principal, PageQuery } from '#platform';
import { type ListedTagDto, TagPageDto } from './dto/sensor.dto.js';
import { type TagChangeDto, TagChangePageDto } from './dto/tag-change.dto.js';
import { TagCodeParams } from './dto/tag-code.params.js';
import { TagDto } from './dto/tag.dto.js';
import { TagListQuery } from './dto/tag-list.query.js';
import { UpdateTagDto } from './dto/update-tag.dto.js';
import { SensorService } from './sensor.service.js';
import { TagSettingsService } from './tag-settings.service.js';

@ApiTags('Timeseries')
@Controller('tags')
export class TagController {
  constructor(
    private readonly sensors: SensorService,
    private readonly settings: TagSettingsService,
  ) {}

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

  @Get(':code')
  @ApiOperation({ operationId: 'getTag', summary: 'Read a tag' })
  @ApiOkResponse({ type: TagDto })
  @ApiProblems(400, 404)
  read(@Param() { code }: TagCodeParams): Promise<TagDto> {
    return this.settings.read(code);
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
    @Caller() caller: Principal,
  ): Promise<TagDto> {
    return this.settings.update(code, dto, caller);
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
