import { IncidentGrouping, INCIDENT_HARD_FAULTS, type IncidentFigures, type IncidentShare } from '#ml';
import { markdownTable, NOT_KNOWN } from './markdown-table.js';

const DAYS_PER_MONTH = 30;
const HEADING = '## Incidents';
const HOUR_MS = 3_600_000;

/** The section about incidents: with the product's hold time by fault, and what other hold times would do. */
export function incidentSection(
  figures: readonly IncidentFigures[],
  { seed, seeds }: { seed: number; seeds: number },
): string[] {
  const own = figures.find(({ holdHours }) => holdHours * HOUR_MS === IncidentGrouping.HOLD_MS);
  if (own === undefined) return [];
  return [
    HEADING,
    [
      `Simulated from seed ${seed}: ${seeds} runs of each fault and of normal operation, 48 h, onset after 8 h, to the shutdown if there is`,
      'one; right is exactly one incident, begun under the fault. Of two faults: a fault for 12 h, 12 h of normal operation, another',
      'fault; right is two incidents, each begun under its own. There the plant is brought back to normal operation at once;',
      'switched off: it is left to itself, and many a fault has it upset for longer than 12 h. Faults',
      `${INCIDENT_HARD_FAULTS.join(', ')} stand apart.`,
    ].join('\n'),
    holdTable(figures, own.holdHours),
    `By fault, hold time ${own.holdHours} h:`,
    markdownTable(
      ['fault', 'exactly one %', 'none', 'more', 'delay, h'],
      own.byFault.map((each) => [
        String(each.idv),
        percentOf(each),
        String(each.fewer),
        String(each.more),
        each.meanDelayHours === null ? NOT_KNOWN : each.meanDelayHours.toFixed(1),
      ]),
    ),
  ];
}

/** A document with its section about incidents replaced, or with one before its last section. */
export function withIncidentSection(document: string, section: readonly string[]): string {
  const text = `${section.join('\n\n')}\n\n`;
  const start = document.indexOf(`${HEADING}\n`);
  if (start < 0) {
    const last = document.lastIndexOf('\n## ') + 1;
    return document.slice(0, last) + text + document.slice(last);
  }
  const next = document.indexOf('\n## ', start + HEADING.length);
  return document.slice(0, start) + text + (next < 0 ? '' : document.slice(next + 1));
}

function holdTable(figures: readonly IncidentFigures[], ownHours: number): string {
  return markdownTable(
    [
      'hold time, h',
      'one fault, exactly one %',
      `faults ${INCIDENT_HARD_FAULTS.join(', ')}`,
      'two faults, exactly two %',
      'one of them hard',
      'switched off, exactly two %',
      'one of them hard',
      'false in 30 normal days',
      'counted',
    ],
    figures.map((each) => {
      const isHard = ({ idv }: { idv: number }): boolean => INCIDENT_HARD_FAULTS.includes(idv);
      return [
        each.holdHours === ownHours ? `**${each.holdHours}**` : String(each.holdHours),
        percentOf(together(each.byFault.filter((fault) => !isHard(fault)))),
        percentOf(together(each.byFault.filter(isHard))),
        percentOf(each.pairs.clear),
        percentOf(each.pairs.hard),
        percentOf(each.switchedOff.clear),
        percentOf(each.switchedOff.hard),
        each.normalDays === 0
          ? NOT_KNOWN
          : ((each.falseIncidents * DAYS_PER_MONTH) / each.normalDays).toFixed(1),
        `${each.falseIncidents} in ${each.normalDays.toFixed(1)} d`,
      ];
    }),
  );
}

function together(shares: readonly IncidentShare[]): Pick<IncidentShare, 'runs' | 'right'> {
  const sum = (of: (share: IncidentShare) => number): number =>
    shares.reduce((total, share) => total + of(share), 0);
  return { runs: sum(({ runs }) => runs), right: sum(({ right }) => right) };
}

function percentOf({ runs, right }: Pick<IncidentShare, 'runs' | 'right'>): string {
  return runs === 0 ? NOT_KNOWN : `${((100 * right) / runs).toFixed(1)} (${right} of ${runs})`;
}
