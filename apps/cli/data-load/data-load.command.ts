import { basename } from 'node:path';
import { SingleBar } from 'cli-progress';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { LotModule } from '#lot';
import { PlantModule } from '#plant';
import { PlantSettings } from '#plant/settings';
import { AppError, isoTime, LEASE_RENEWAL_MS, Leases, loadEnvironment, parseTime } from '#platform';
import { type FileDialect, isEncoding, TimeZone } from '#tep';
import { freeTextFault, normalisedText } from '#text';
import { TimeseriesModule } from '#timeseries';
import { SETTINGS } from '../../settings.js';
import { withContext } from '../context.js';
import { type LoadedFile, PlantFileLoader } from './plant-file-loader.js';
import { remarksOn, skippedIn } from './load-remarks.js';
import { sizeOfFile } from './plant-file-survey.js';

interface DataLoadOptions {
  lot?: string;
  start?: number;
  skipBad?: boolean;
  encoding?: string;
  delimiter?: string;
  decimal?: '.' | ',';
  missing?: string[];
  tz?: string;
}

const LEASE = 'data-load';
/** A file is read twice: once to check it, once to write it. */
const READINGS = 2;
const COMPLAINTS_SHOWN = 20;

/** Adds `data:load`: brings plant data from files into the database, as lots. */
export function registerDataLoad(program: Command): void {
  program
    .command('data:load')
    .description(
      'load plant data into the database as lots: Braatz .dat, Rieth CSV, wide CSV (time and tags) or long CSV ' +
        '(tag, time, value); each file is loaded completely or not at all',
    )
    .argument('<file...>', 'files to load, one after the other')
    .option('--lot <name>', 'number of the lot (default: what the file calls its run)', lotName)
    .option(
      '--start <time>',
      'time of the first sample, e.g. 2026-03-01T00:00:00Z (default: the times of the file, or right before the oldest data)',
      startTime,
    )
    .option('--skip-bad', 'skip malformed lines and cells and count them, instead of refusing the file')
    .option('--encoding <name>', 'character set of the files, e.g. euc-kr (default: utf-8)', encoding)
    .option(
      '--delimiter <character>',
      'what stands between fields, or "tab" (default: as the first line shows)',
      delimiter,
    )
    .addOption(new Option('--decimal <character>', 'decimal separator (default: ".")').choices(['.', ',']))
    .option('--missing <texts>', 'what stands for a missing value, e.g. -999,Bad', (texts) =>
      texts.split(','),
    )
    .option('--tz <zone>', 'zone of times that carry none, e.g. Asia/Seoul (default: UTC)', zone)
    .action((files: string[], options: DataLoadOptions) =>
      withContext({ imports: [LotModule, PlantModule, TimeseriesModule] }, (context) =>
        withLease(context.get(Leases, { strict: false }), () =>
          loadFiles(new PlantFileLoader(context), files, options),
        ),
      ),
    );
}

async function loadFiles(loader: PlantFileLoader, files: string[], options: DataLoadOptions): Promise<void> {
  const sizes = await Promise.all(files.map(sizeOfFile));
  const progress = progressOver(READINGS * sizes.reduce((sum, size) => sum + size, 0));
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(interrupted());
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    let startMs = options.start;
    for (const path of files) {
      progress.show(basename(path));
      const loaded = await loader.load(path, {
        lotNo: files.length === 1 ? options.lot : nameOf(options.lot, path),
        startMs,
        skipBad: options.skipBad,
        ...dialectOf(options),
        onBytes: progress.advance,
        signal: interruption.signal,
      });
      if (startMs !== undefined) startMs = loaded.endMs;
      progress.pause(() => report(path, loaded));
    }
  } finally {
    progress.stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function report(path: string, { survey, lots, samples }: LoadedFile): void {
  const { complaints } = survey.report;
  const unnamed = skippedIn(survey) - COMPLAINTS_SHOWN;
  for (const { file, line, reason } of complaints.slice(0, COMPLAINTS_SHOWN))
    console.error(`  skipped ${file}, line ${line}: ${reason}`);
  if (unnamed > 0) console.error(`  … and ${unnamed} more`);
  const [first] = lots;
  const last = lots[lots.length - 1];
  const name =
    lots.length === 1 ? `lot ${first.lotNo}` : `${lots.length} lots, ${first.lotNo} to ${last.lotNo}`;
  const window = `${isoTime(first.startedAt)} to ${isoTime(last.endedAt ?? last.startedAt)}`;
  const result = [`${samples} samples as ${name}`, window, ...remarksOn(survey)].join(', ');
  console.log(`${basename(path)}: ${result}`);
}

function dialectOf({ encoding, delimiter, decimal, missing, tz }: DataLoadOptions): FileDialect {
  return { encoding, delimiter, decimal, missing, timeZone: tz };
}

/** Of several files below one name, each keeps its own name behind it. */
function nameOf(lot: string | undefined, path: string): string | undefined {
  return lot === undefined ? undefined : `${lot}-${basename(path).replace(/\.[^.]*$/, '')}`;
}

/** One load at a time: another one would take the lots it is loading for the remains of a dead one. */
async function withLease(leases: Leases, work: () => Promise<void>): Promise<void> {
  if (!(await leases.hold(LEASE)))
    throw AppError.conflict('LOAD_RUNNING', 'Another data:load is running; wait until it is done');
  const renewal = setInterval(() => void leases.hold(LEASE).catch(() => undefined), LEASE_RENEWAL_MS);
  try {
    await work();
  } finally {
    clearInterval(renewal);
    await leases.release(LEASE);
  }
}

function interrupted(): AppError {
  return AppError.conflict('LOAD_INTERRUPTED', 'Interrupted; what was loaded of the file is removed again');
}

interface LoadProgress {
  show: (file: string) => void;
  advance: (bytes: number) => void;
  /** Prints without spoiling the bar. */
  pause: (print: () => void) => void;
  stop: () => void;
}

function progressOver(bytes: number): LoadProgress {
  if (!process.stderr.isTTY)
    return {
      show: () => undefined,
      advance: () => undefined,
      pause: (print) => print(),
      stop: () => undefined,
    };
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {file} | {eta_formatted} left',
    clearOnComplete: true,
  });
  bar.start(bytes, 0, { file: '' });
  return {
    show: (file) => bar.update({ file }),
    advance: (read) => bar.increment(read),
    pause: (print) => {
      process.stderr.write('\r\u001b[K');
      print();
    },
    stop: () => bar.stop(),
  };
}

function lotName(text: string): string {
  const name = normalisedText(text);
  const fault = name === '' ? 'must not be empty' : freeTextFault(name);
  if (fault !== undefined) throw new InvalidArgumentError(`--lot ${fault}`);
  return name;
}

function encoding(name: string): string {
  if (!isEncoding(name)) throw new InvalidArgumentError('There is no such encoding.');
  return name;
}

function delimiter(text: string): string {
  const character = text === 'tab' || text === '\\t' ? '\t' : text;
  if (character.length !== 1 || character === '"')
    throw new InvalidArgumentError('It must be one character other than a quote, or "tab".');
  return character;
}

function zone(name: string): string {
  try {
    return new TimeZone(name).name;
  } catch {
    throw new InvalidArgumentError('There is no such time zone.');
  }
}

function startTime(text: string): number {
  try {
    return parseTime(text, '--start', loadEnvironment(SETTINGS).of(PlantSettings).timeZone);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
