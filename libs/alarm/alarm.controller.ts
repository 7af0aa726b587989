import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems, Caller, type Page, type Principal, RequireRole } from '#platform';
import { AlarmFiguresService } from './alarm-figures.service.js';
import { AlarmJournalService } from './alarm-journal.service.js';
import { AlarmService } from './alarm.service.js';
import {
  AcknowledgeAlarmsDto,
  AlarmReasonDto,
  CommentAlarmDto,
  PutBackAlarmDto,
  ShelveAlarmDto,
} from './dto/alarm-actions.dto.js';
import { type AlarmEntryDto, AlarmJournalPageDto } from './dto/alarm-entry.dto.js';
import { AlarmFiguresDto } from './dto/alarm-figures.dto.js';
import { AlarmFiguresQuery } from './dto/alarm-figures.query.js';
import { AlarmIdParams } from './dto/alarm-id.params.js';
import { AlarmJournalQuery } from './dto/alarm-journal.query.js';
import { AlarmListQuery } from './dto/alarm-list.query.js';
import { AlarmDto, AlarmPageDto, AlarmsAcknowledgedDto } from './dto/alarm.dto.js';
import { journalCsv } from './dto/journal-csv.js';

const CSV = 'text/csv';

@ApiTags('Alarm')
@Controller('alarms')
export class AlarmController {
  constructor(
    private readonly alarms: AlarmService,
    private readonly journal: AlarmJournalService,
    private readonly figures: AlarmFiguresService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAlarms', summary: 'List alarms, the last to change first' })
  @ApiOkResponse({ type: AlarmPageDto })
  @ApiProblems(400, 404)
  list(@Query() query: AlarmListQuery): Promise<Page<AlarmDto>> {
    return this.alarms.list(query);
  }

  @Get('journal')
  @ApiOperation({
    operationId: 'listAlarmJournal',
    summary: 'Read what happened to alarms, who did it and why, the last that was written first',
    description:
      'With `Accept: text/csv` the page comes as lines, one an entry; the cursor of the next page is then in `X-Next-Cursor`.',
  })
  @ApiExtraModels(AlarmJournalPageDto)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(AlarmJournalPageDto) } },
      [CSV]: { schema: { type: 'string' } },
    },
    headers: {
      'X-Next-Cursor': { description: 'Of CSV, unless it is the last page', schema: { type: 'string' } },
    },
  })
  @ApiProblems(400)
  async readJournal(
    @Query() query: AlarmJournalQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page<AlarmEntryDto> | string> {
    const page = await this.journal.list(query);
    response.vary('Accept');
    if (request.accepts('application/json', CSV) !== CSV) return page;
    response.type(`${CSV}; charset=utf-8`).attachment('alarm-journal.csv');
    if (page.next_cursor !== null) response.set('X-Next-Cursor', page.next_cursor);
    return journalCsv(page.items);
  }

  @Get('figures')
  @ApiOperation({
    operationId: 'getAlarmFigures',
    summary: 'Measure the alarm system of a period against EEMUA 191 and ISA-18.2',
  })
  @ApiOkResponse({ type: AlarmFiguresDto })
  @ApiProblems(400, 422)
  readFigures(@Query() query: AlarmFiguresQuery): Promise<AlarmFiguresDto> {
    return this.figures.read(query);
  }

  @Post('acknowledge')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'acknowledgeAlarms',
    summary: 'Say of several alarms that somebody has seen to them',
  })
  @ApiOkResponse({ type: AlarmsAcknowledgedDto })
  @ApiProblems(400, 404)
  acknowledgeAll(
    @Body() { alarm_ids, comment }: AcknowledgeAlarmsDto,
    @Caller() caller: Principal,
  ): Promise<AlarmsAcknowledgedDto> {
    return this.alarms.acknowledgeAll(alarm_ids, comment, caller);
  }

  @Get(':alarm_id')
  @ApiOperation({ operationId: 'getAlarm', summary: 'Read an alarm' })
  @ApiOkResponse({ type: AlarmDto })
  @ApiProblems(400, 404)
  read(@Param() { alarm_id }: AlarmIdParams): Promise<AlarmDto> {
    return this.alarms.read(alarm_id);
  }

  @Post(':alarm_id/acknowledge')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'acknowledgeAlarm',
    summary: 'Say that somebody has seen to it; of an incident, to its anomalies as well',
  })
  @ApiOkResponse({ type: AlarmDto })
  @ApiProblems(400, 404, 409)
  acknowledge(
    @Param() { alarm_id }: AlarmIdParams,
    @Body() { comment }: CommentAlarmDto,
    @Caller() caller: Principal,
  ): Promise<AlarmDto> {
    return this.alarms.acknowledge(alarm_id, comment, caller);
  }

  @Post(':alarm_id/shelve')
  @HttpCode(200)
  @ApiOperation({ operationId: 'shelveAlarm', summary: 'Put an alarm aside for at most 24 h' })
  @ApiOkResponse({ type: AlarmDto })
  @ApiProblems(400, 404)
  shelve(
    @Param() { alarm_id }: AlarmIdParams,
    @Body() { reason, until }: ShelveAlarmDto,
    @Caller() caller: Principal,
  ): Promise<AlarmDto> {
    return this.alarms.shelve(alarm_id, reason, until, caller);
  }

  @Post(':alarm_id/unshelve')
  @HttpCode(200)
  @ApiOperation({ operationId: 'unshelveAlarm', summary: 'Take an alarm from the shelf' })
  @ApiOkResponse({ type: AlarmDto })
  @ApiProblems(400, 404, 409)
  unshelve(
    @Param() { alarm_id }: AlarmIdParams,
    @Body() { comment }: PutBackAlarmDto,
    @Caller() caller: Principal,
  ): Promise<AlarmDto> {
    return this.alarms.unshelve(alarm_id, comment, caller);
  }

  @Post(':alarm_id/comment')
  @HttpCode(200)
  @ApiOperation({ operationId: 'commentAlarm', summary: 'Add a comment to the journal of an alarm' })
  @ApiOkResponse({ type: AlarmDto })
  @ApiProblems(400, 404)
  comment(
    @Param() { alarm_id }: AlarmIdParams,
    @Body() { comment }: CommentAlarmDto,
    @Caller() caller: Principal,
  ): Promise<AlarmDto> {
    return this.alarms.comment(alarm_id, comment, caller);
  }

  @Post(':alarm_id/out-of-service')
  @HttpCode(200)
  @RequireRole('admin')
  @ApiOperation({
    operationId: 'takeAlarmOutOfService',
    summary: 'Take an alarm out of service until it is put back',
  })
  @ApiOkResponse({ type: AlarmDto })
  @ApiProblems(400, 404, 409)
  takeOutOfService(
    @Param() { alarm_id }: AlarmIdParams,
    @Body() { reason }: AlarmReasonDto,
    @Caller() caller: Principal,
  ): Promise<AlarmDto> {
    return this.alarms.takeOutOfService(alarm_id, reason, caller);
  }

  @Post(':alarm_id/in-service')
  @HttpCode(200)
  @RequireRole('admin')
  @ApiOperation({ operationId: 'putAlarmInService', summary: 'Put an alarm back in service' })
  @ApiOkResponse({ type: AlarmDto })
  @ApiProblems(400, 404, 409)
  putBackInService(
    @Param() { alarm_id }: AlarmIdParams,
    @Body() { comment }: PutBackAlarmDto,
    @Caller() caller: Principal,
  ): Promise<AlarmDto> {
    return this.alarms.putBackInService(alarm_id, comment, caller);
  }
}
