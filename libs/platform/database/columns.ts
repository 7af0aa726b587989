import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';

/** BIGINT comes back as a string from MySQL and as a number from SQLite; epoch milliseconds fit a number. */
const asNumber = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

const asJson = {
  to: (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value)),
  from: (value: string | null) => (value === null ? null : (JSON.parse(value) as unknown)),
};

/** Epoch milliseconds UTC, a number in the code and a BIGINT in the tables. */
export function EpochMsColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, type: 'bigint', transformer: asNumber });
}

/** A numeric id given by the database. */
export function IdColumn(): PropertyDecorator {
  return PrimaryColumn({ type: 'bigint', generated: 'increment', transformer: asNumber });
}

/** A reference to a numeric id. */
export function ReferenceColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, type: 'bigint', transformer: asNumber });
}

const asBytes = {
  to: (value: Buffer) => value,
  from: (value: Buffer | ArrayBuffer) => (Buffer.isBuffer(value) ? value : Buffer.from(value)),
};

/** Bytes; SQLite returns them as an ArrayBuffer, MySQL as a Buffer. */
export function BytesColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, type: 'blob', transformer: asBytes });
}

/** Any JSON value, text in both databases (the migrations choose LONGTEXT on MySQL). */
export function JsonColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...options, type: 'text', transformer: asJson });
}
