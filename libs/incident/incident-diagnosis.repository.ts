import type { FirstTag, FaultClass } from '#ml';
import { Injectable } from '@nestjs/common';
import { Database, EventLog } from '#platform';
import { INCIDENT_EVENTS } from './incident.repository.js';

/** What an incident may be, and how probable that is. */
export type DiagnosedCause = Pick<FaultClass, 'class' | 'idv' | 'probability'>;

/** What the models said of an incident from the samples up to one of them. */
export interface Diagnosis {
  incidentId: number;
  /** Plant time of that sample. */
  at: number;
  /** When it was made, wall time; null while it is due. */
  madeAt: number | null;
  /** Code of why it could not be made. */
  refusal: string | null;
  /** Name and version of the diagnosis network. */
  model: string | null;
  /** That there is any fault, 0 to 1. */
  faultProbability: number | null;
  /** The most probable first, without normal operation. */
  causes: DiagnosedCause[];
  /** What the network looked at most, the loudest first. */
  importantTags: FirstTag[];
}

export type DueDiagnosis = Pick<Diagnosis, 'incidentId' | 'at'>;

type Row = Record<'incident_id' | 'at', string | number> &
  Record<'made_at' | 'fault_probability', string | number | null> &
  Record<'refusal' | 'model' | 'causes' | 'important_tags', string | null>;

/** Diagnoses that are due, as rows without an answer, and those that were made. */
@Injectable()
export class IncidentDiagnosisRepository {
  constructor(
    private readonly database: Database,
    private readonly events: EventLog,
  ) {}

  /** Asks for diagnoses; those that have been asked for already stay as they are. */
  async request(incidentId: number, times: readonly number[]): Promise<void> {
    if (times.length === 0) return;
    await this.database.upsert({
      table: 'incident_diagnosis',
      columns: ['incident_id', 'at'],
      keys: ['incident_id', 'at'],
      update: ['at'],
      rows: times.map((at) => [incidentId, at]),
    });
  }

  /** The one that is due of the newest sample. */
  async nextDue(): Promise<DueDiagnosis | undefined> {
    const [row] = await this.database.query<Row>(
      'SELECT incident_id, at FROM incident_diagnosis WHERE made_at IS NULL ORDER BY at DESC, incident_id DESC LIMIT 1',
    );
    return row && { incidentId: Number(row.incident_id), at: Number(row.at) };
  }

  /** Answers one that is due; what has been answered stays. */
  async answer({ incidentId, at, ...answer }: Diagnosis): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query(
        `UPDATE incident_diagnosis
         SET made_at = ?, refusal = ?, model = ?, fault_probability = ?, causes = ?, important_tags = ?
         WHERE incident_id = ? AND at = ? AND made_at IS NULL`,
        [
          answer.madeAt,
          answer.refusal,
          answer.model,
          answer.faultProbability,
          JSON.stringify(answer.causes),
          JSON.stringify(answer.importantTags),
          incidentId,
          at,
        ],
      );
      await this.events.append(INCIDENT_EVENTS, incidentId);
    });
  }

  /** All that were answered of some incidents, each incident's in order of plant time. */
  async findAnswered(incidentIds: readonly number[]): Promise<Map<number, Diagnosis[]>> {
    const found = new Map<number, Diagnosis[]>(incidentIds.map((id) => [id, []]));
    if (incidentIds.length === 0) return found;
    const rows = await this.database.query<Row>(
      `SELECT * FROM incident_diagnosis WHERE made_at IS NOT NULL
       AND incident_id IN (${incidentIds.map(() => '?').join(', ')}) ORDER BY at`,
      [...incidentIds],
    );
    for (const row of rows) found.get(Number(row.incident_id))?.push(diagnosisOf(row));
    return found;
  }
}

function diagnosisOf(row: Row): Diagnosis {
  return {
    incidentId: Number(row.incident_id),
    at: Number(row.at),
    madeAt: numberOrNull(row.made_at),
    refusal: row.refusal,
    model: row.model,
    faultProbability: numberOrNull(row.fault_probability),
    causes: JSON.parse(row.causes ?? '[]') as DiagnosedCause[],
    importantTags: JSON.parse(row.important_tags ?? '[]') as FirstTag[],
  };
}

function numberOrNull(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}
