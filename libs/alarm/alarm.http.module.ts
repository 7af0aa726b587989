import { Module } from '@nestjs/common';
import { AlarmController } from './alarm.controller.js';
import { AlarmJournalService } from './alarm-journal.service.js';
import { AlarmModule } from './alarm.module.js';

/** The alarm routes of the API. */
@Module({ imports: [AlarmModule], providers: [AlarmJournalService], controllers: [AlarmController] })
export class AlarmHttpModule {}
