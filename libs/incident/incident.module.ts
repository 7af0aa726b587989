import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AnomalyModule } from '#anomaly';
import { EquipmentModule } from '#equipment';
import { IncidentDiagnosisRepository } from './incident-diagnosis.repository.js';
import { Incident } from './incident.entity.js';
import { IncidentRepository } from './incident.repository.js';
import { IncidentService } from './incident.service.js';

/** Incidents, without HTTP. */
@Module({
  imports: [TypeOrmModule.forFeature([Incident]), AnomalyModule, EquipmentModule],
  providers: [IncidentDiagnosisRepository, IncidentRepository, IncidentService],
  exports: [IncidentDiagnosisRepository, IncidentRepository, IncidentService],
})
export class IncidentModule {}
