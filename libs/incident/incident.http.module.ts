import { Module } from '@nestjs/common';
import { IncidentController } from './incident.controller.js';
import { IncidentModule } from './incident.module.js';

/** The incident routes of the API. */
@Module({ imports: [IncidentModule], controllers: [IncidentController] })
export class IncidentHttpModule {}
