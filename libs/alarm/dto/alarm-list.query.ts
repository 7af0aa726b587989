import { ALARM_PRIORITIES, type AlarmPriority } from '#equipment';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageQuery, QueryBoolean } from '#platform';
import { ALARM_KINDS, type AlarmKind } from '../alarm.entity.js';
import { ALARM_STATES, type AlarmState } from '../alarm-machine.js';

export class AlarmListQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: ALARM_STATES,
    description: 'Only alarms in this state; without it, every alarm that is not normal',
  })
  @IsOptional()
  @IsIn(ALARM_STATES)
  state?: AlarmState;

  @ApiPropertyOptional({ enum: ALARM_KINDS, description: 'Of a limit of a tag, or of an incident' })
  @IsOptional()
  @IsIn(ALARM_KINDS)
  kind?: AlarmKind;

  @ApiPropertyOptional({ enum: ALARM_PRIORITIES, description: 'Only alarms at least this urgent' })
  @IsOptional()
  @IsIn(ALARM_PRIORITIES)
  min_priority?: AlarmPriority;

  @ApiPropertyOptional({ example: 'REACTOR' })
  @IsOptional()
  @Matches(/^[A-Z0-9][A-Z0-9_-]{0,39}$/, { message: 'eq_id must be the code of an equipment' })
  eq_id?: string;

  @ApiPropertyOptional({ example: 'XMEAS_07' })
  @IsOptional()
  @Matches(/^[A-Z0-9][A-Z0-9_-]{0,39}$/, { message: 'tag must be the code of a tag' })
  tag?: string;

  @QueryBoolean('Only alarms whose condition is, or is not, there, whatever suppresses them')
  active?: boolean;

  @QueryBoolean('Only alarms that somebody has, or nobody has, acknowledged')
  acknowledged?: boolean;
}
