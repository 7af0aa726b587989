import { waitFor } from '../harness/wait-for.js';
import type { Cluster, Member } from './cluster.js';

/** The steps of a job's row that a worker can be hit in. */
export type Step = 'begin' | 'print' | 'complete';

const FIND_TIMEOUT_MS = 90_000;
const POLL_MS = 5;
/** Longer than it takes to find out who is in the step, and to kill it. */
const STEP_TAKES_S = 4;
/** Progress of a report while it is printed. */
const PRINTING = { from: 40, below: 90 };

interface RunningStatement {
  HOST: string;
  STATE: string | null;
}

/** Hits a worker in the middle of a step: a trigger makes the step take long enough to be seen. */
export class Aim {
  constructor(private readonly cluster: Cluster) {}

  /** Prepares the database; before the first kill. */
  async prepare(): Promise<void> {
    const { mariadb } = this.cluster;
    await mariadb.query('CREATE TABLE tep.drill_aim (step varchar(20) NOT NULL)');
    await mariadb.query(`INSERT INTO tep.drill_aim VALUES ('')`);
    await mariadb.query(`
      CREATE TRIGGER tep.drill_slow BEFORE UPDATE ON tep.report FOR EACH ROW
      BEGIN
        SET @step = (SELECT step FROM tep.drill_aim);
        IF (@step = 'begin' AND OLD.status = 'queued' AND NEW.status = 'active')
          OR (@step = 'complete' AND OLD.status = 'active' AND NEW.status = 'completed')
        THEN DO SLEEP(${STEP_TAKES_S}); END IF;
      END`);
  }

  /** @returns the worker that was killed @throws Error when none was found in the step */
  async killInside(step: Step): Promise<Member> {
    return step === 'print' ? this.killPrinting() : this.killStatement(step);
  }

  private async killStatement(step: Step): Promise<Member> {
    await this.setStep(step);
    try {
      const victim = await waitFor(`a worker inside ${step}`, () => this.sleepingMember(), {
        timeoutMs: FIND_TIMEOUT_MS,
        intervalMs: POLL_MS,
      });
      await victim.kill();
      return victim;
    } finally {
      await this.setStep('');
    }
  }

  /** Only one worker is awake when the report begins to be printed, so it is the one that prints. */
  private async killPrinting(): Promise<Member> {
    const [victim, ...others] = this.cluster.workers;
    const known = new Set(await this.printing());
    for (const other of others) other.pause();
    try {
      await waitFor(
        'a report being printed',
        async () => (await this.printing()).some((id) => !known.has(id)),
        {
          timeoutMs: FIND_TIMEOUT_MS,
          intervalMs: POLL_MS,
        },
      );
      await victim.kill();
      return victim;
    } finally {
      for (const other of others) other.resume();
    }
  }

  private async sleepingMember(): Promise<Member | undefined> {
    const rows = (await this.cluster.mariadb.query(
      `SELECT HOST, STATE FROM information_schema.PROCESSLIST WHERE STATE = 'User sleep'`,
    )) as RunningStatement[];
    return rows
      .map(({ HOST }) => this.cluster.ownerOf(Number(HOST.split(':')[1])))
      .find((member) => member !== undefined);
  }

  private async printing(): Promise<string[]> {
    const rows = (await this.cluster.mariadb.query(
      `SELECT job_id FROM tep.report WHERE status = 'active' AND progress >= ${PRINTING.from} AND progress < ${PRINTING.below}`,
    )) as { job_id: string }[];
    return rows.map(({ job_id }) => job_id);
  }

  private async setStep(step: string): Promise<void> {
    await this.cluster.mariadb.query(`UPDATE tep.drill_aim SET step = '${step}'`);
  }
}
