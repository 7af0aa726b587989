/**
 * What a stream of events can report, as the wire calls it. All but the samples stand in the event log under these names:
 * what is appended there becomes a type by a line here.
 */
export const EVENT_TYPES = [
  'samples',
  'incidents',
  'anomalies',
  'alarms',
  'health',
  'jobs',
  'plant',
  'lots',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
