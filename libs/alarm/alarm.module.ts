import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EquipmentModule } from '#equipment';
import { IncidentModule } from '#incident';
import { TimeseriesModule } from '#timeseries';
import { AlarmCheckpointRepository } from './alarm-checkpoint.repository.js';
import { Alarm } from './alarm.entity.js';
import { AlarmEntry } from './alarm-entry.entity.js';
import { AlarmFiguresService } from './alarm-figures.service.js';
import { AlarmJournalRepository } from './alarm-journal.repository.js';
import { AlarmRepository } from './alarm.repository.js';
import { AlarmService } from './alarm.service.js';
import { AlarmStatus } from './alarm-status.service.js';
import { AlarmTransitions } from './alarm-transitions.service.js';

/** Alarms, without HTTP. */
@Module({
  imports: [TypeOrmModule.forFeature([Alarm, AlarmEntry]), EquipmentModule, IncidentModule, TimeseriesModule],
  providers: [
    AlarmCheckpointRepository,
    AlarmFiguresService,
    AlarmJournalRepository,
    AlarmRepository,
    AlarmService,
    AlarmStatus,
    AlarmTransitions,
  ],
  exports: [
    AlarmCheckpointRepository,
    AlarmFiguresService,
    AlarmJournalRepository,
    AlarmRepository,
    AlarmService,
    AlarmTransitions,
  ],
})
export class AlarmModule {}
