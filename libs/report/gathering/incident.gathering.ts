import { Injectable } from '@nestjs/common';
import { SEVERITIES } from '#anomaly';
import { type DiagnosedIncident, IncidentService } from '#incident';
import type { IncidentFacts } from './content.js';
import type { PlantNames } from './plant-names.js';

/** Enough to count what a month brings. */
const READ_INCIDENTS = 500;

/** Gathers incidents and what they were taken for. */
@Injectable()
export class IncidentGathering {
  constructor(private readonly incidents: IncidentService) {}

  /** Incidents of a period, the most severe and then the newest first. */
  async inPeriod(
    from: number,
    to: number,
    names: PlantNames,
    equipmentId?: number,
  ): Promise<IncidentFacts[]> {
    const found = await this.incidents.findIn({ from, to, equipmentId }, READ_INCIDENTS);
    return found
      .map((each) => incidentFacts(each, names))
      .sort(
        (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.startMs - a.startMs,
      );
  }

  /** The incident an anomaly belongs to, if there is one. */
  async ofAnomaly(incidentId: number | null, names: PlantNames): Promise<IncidentFacts | undefined> {
    const found = incidentId === null ? undefined : await this.incidents.findOne(incidentId);
    return found && incidentFacts(found, names);
  }
}

function incidentFacts({ incident, diagnosis }: DiagnosedIncident, names: PlantNames): IncidentFacts {
  const cause = diagnosis?.causes.at(0);
  return {
    id: String(incident.id),
    severity: incident.severity,
    startMs: incident.startedAt,
    endMs: incident.endedAt,
    equipment: names.equipment(incident.equipmentId),
    firstTags: incident.firstTags.map(({ tag, share }) => ({ ...names.tag(tag), share })),
    cause:
      cause === undefined || cause.idv === null ? null : { idv: cause.idv, probability: cause.probability },
  };
}
