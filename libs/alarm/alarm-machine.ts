/** The states of ISA-18.2 and IEC 62682. */
export const ALARM_STATES = [
  'normal',
  'unacknowledged',
  'acknowledged',
  'returned_unacknowledged',
  'shelved',
  'suppressed_by_design',
  'out_of_service',
] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** Longer than this nobody shelves an alarm. */
export const LONGEST_SHELF_MS = 24 * 3_600_000;

/** When a shelf ends: at a plant time or, for a plant clock may stand still, at a wall time, whichever comes first. */
interface Shelf {
  until: number;
  untilWall: number;
}

/** Condition, acknowledgement and suppression of an alarm, none of which decides over another. */
export interface AlarmStatus {
  /** The condition: whether what it warns of is there. */
  active: boolean;
  /** Whether it has begun since somebody last acknowledged it. */
  unacknowledged: boolean;
  shelf: Shelf | null;
  /** Suppressed by design: a graver alarm says the same. */
  suppressed: boolean;
  outOfService: boolean;
}

export type AlarmEvent =
  | { type: 'activate' | 'return' | 'acknowledge' | 'unshelve' }
  | { type: 'suppress' | 'unsuppress' | 'take_out' | 'put_back' }
  | { type: 'shelve'; shelf: Shelf }
  /** Time goes by. */
  | { type: 'pass'; plantAt: number; wallAt: number };

/** What the journal calls a transition. */
export const ALARM_TRANSITIONS = [
  'activated',
  'returned',
  'acknowledged',
  'shelved',
  'unshelved',
  'suppressed',
  'unsuppressed',
  'taken_out_of_service',
  'put_back_in_service',
] as const;
export type AlarmTransition = (typeof ALARM_TRANSITIONS)[number];

const TRANSITION_OF: Record<AlarmEvent['type'], AlarmTransition> = {
  activate: 'activated',
  return: 'returned',
  acknowledge: 'acknowledged',
  shelve: 'shelved',
  unshelve: 'unshelved',
  pass: 'unshelved',
  suppress: 'suppressed',
  unsuppress: 'unsuppressed',
  take_out: 'taken_out_of_service',
  put_back: 'put_back_in_service',
};

export const QUIET: AlarmStatus = {
  active: false,
  unacknowledged: false,
  shelf: null,
  suppressed: false,
  outOfService: false,
};

/** The one name for where an alarm stands: suppression hides acknowledgement and condition, and changes neither. */
export function alarmState({
  active,
  unacknowledged,
  shelf,
  suppressed,
  outOfService,
}: AlarmStatus): AlarmState {
  if (outOfService) return 'out_of_service';
  if (suppressed) return 'suppressed_by_design';
  if (shelf) return 'shelved';
  if (active) return unacknowledged ? 'unacknowledged' : 'acknowledged';
  return unacknowledged ? 'returned_unacknowledged' : 'normal';
}

/** Whether people are shown the alarm when it begins. */
export function isAnnunciated({ shelf, suppressed, outOfService }: AlarmStatus): boolean {
  return shelf === null && !suppressed && !outOfService;
}

/**
 * What becomes of an alarm with an event.
 * @returns null when the event changes nothing: then there is no transition
 */
export function afterEvent(
  status: AlarmStatus,
  event: AlarmEvent,
): { status: AlarmStatus; transition: AlarmTransition } | null {
  const change = changeBy(status, event);
  return change && { status: { ...status, ...change }, transition: TRANSITION_OF[event.type] };
}

function changeBy(status: AlarmStatus, event: AlarmEvent): Partial<AlarmStatus> | null {
  const { active, unacknowledged, shelf, suppressed, outOfService } = status;
  switch (event.type) {
    case 'activate':
      return active ? null : { active: true, unacknowledged: true };
    case 'return':
      return active ? { active: false } : null;
    case 'acknowledge':
      return unacknowledged ? { unacknowledged: false } : null;
    case 'shelve':
      return { shelf: event.shelf };
    case 'unshelve':
      return shelf ? { shelf: null } : null;
    case 'pass':
      return shelf && (event.plantAt >= shelf.until || event.wallAt >= shelf.untilWall)
        ? { shelf: null }
        : null;
    case 'suppress':
      return suppressed ? null : { suppressed: true };
    case 'unsuppress':
      return suppressed ? { suppressed: false } : null;
    case 'take_out':
      return outOfService ? null : { outOfService: true };
    case 'put_back':
      return outOfService ? { outOfService: false } : null;
  }
}
