import { describe, expect, it } from '#jest';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { SETTINGS } from '../settings.js';
import { HTTP_MODULES } from './api.module.js';

type Dto = new () => object;

/** Every field of every class that requests are validated against: bodies, queries and path parameters. */
function fieldsOfRequests(): { dto: Dto; field: string }[] {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    validationMetadatas: Map<Dto, { propertyName: string }[]>;
  };
  return [...validationMetadatas].flatMap(([dto, metadata]) =>
    SETTINGS.some((group) => group === dto)
      ? []
      : [...new Set(metadata.map(({ propertyName }) => propertyName))].map((field) => ({ dto, field })),
  );
}

/** What makes fields count that are ignored otherwise. */
const GIVEN: Record<string, object> = {
  'CreateReportDto.lot_id': { type: 'lot' },
  'CreateReportDto.eq_id': { type: 'equipment' },
  'CreateReportDto.anomaly_id': { type: 'anomaly' },
};

/** The complaints about one field when it has that value. */
function complaints(dto: Dto, field: string, value: unknown): string[] {
  const body = { ...GIVEN[`${dto.name}.${field}`], [field]: value };
  return validateSync(plainToInstance(dto, body))
    .filter(({ property }) => property === field)
    .flatMap(({ constraints = {}, children = [] }) => [
      ...Object.values(constraints),
      ...children.map(String),
    ]);
}

describe('the texts of requests', () => {
  const fields = fieldsOfRequests();

  it('are all looked at here', () => {
    expect(HTTP_MODULES.length).toBeGreaterThan(0);
    expect(fields.length).toBeGreaterThan(70);
    const names = fields.map(({ dto, field }) => `${dto.name}.${field}`);
    expect(names).toEqual(
      expect.arrayContaining(['CreateLotDto.note', 'AcknowledgeAnomalyDto.comment', 'TagListQuery.q']),
    );
  });

  it.each(fields.map(({ dto, field }) => [`${dto.name}.${field}`, dto, field] as const))(
    'hold no control characters and no half characters: %s',
    (_name, dto, field) => {
      for (const bad of ['A\0B', 'A\u009bB', 'A\ud800B', 'A\tB'])
        for (const value of [bad, [bad]]) expect(complaints(dto, field, value)).not.toEqual([]);
    },
  );

  it.each(fields.map(({ dto, field }) => [`${dto.name}.${field}`, dto, field] as const))(
    'have line breaks in notes and comments only: %s',
    (_name, dto, field) => {
      const isProse = ['note', 'comment'].includes(field);
      expect(complaints(dto, field, 'A\nB').length === 0).toBe(isProse);
    },
  );

  it('are composed and trimmed before they are counted and compared', () => {
    const sixty = '가'.repeat(59) + 'A';
    const dtos = fields.filter(
      ({ dto, field }) => /^(Create|Update)LotDto$/.test(dto.name) && field === 'lot_no',
    );
    expect(dtos).toHaveLength(2);
    for (const { dto } of dtos) {
      const lot = plainToInstance(dto, { lot_no: ` ${sixty.normalize('NFD')} `, note: 'a\r\nb ' });
      expect(validateSync(lot)).toEqual([]);
      expect(lot).toMatchObject({ lot_no: sixty, note: 'a\nb' });
      // A variation selector is a character to a database.
      expect(complaints(dto, 'grade', `${'A'.repeat(39)}\u2764\ufe0f`)).toEqual([
        'grade must be shorter than or equal to 40 characters',
      ]);
    }
  });
});
