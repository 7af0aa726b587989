import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { timeOfDayMs } from '#calendar';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  validateSync,
} from 'class-validator';
import { OperatorError } from '../failure/errors.js';
import { parseApiKeys, type ApiKey } from './api-keys.js';
import { parseCorsOrigins } from './cors-origins.js';
import { IsTimeZone } from './is-time-zone.js';
import { projectPath, PROJECT_ROOT } from './project-path.js';

const toNumber = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
);

/** The environment variables of the product, as a user writes them. README and .env explain each. */
class Environment {
  @IsIn(['development', 'production', 'test'])
  NODE_ENV = 'development';

  @IsString()
  HOST = '127.0.0.1';

  @toNumber
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 8000;

  @Matches(/^(sqlite:.+|mysql:\/\/.+)$/, {
    message: 'DATABASE_URL must be sqlite:FILE or mysql://USER:PASSWORD@HOST:PORT/NAME',
  })
  DATABASE_URL = 'sqlite:var/tep.sqlite';

  @toNumber
  @IsInt()
  @Min(1)
  @Max(200)
  DATABASE_POOL_SIZE = 10;

  @toNumber
  @IsInt()
  @Min(1)
  @Max(600)
  SQLITE_LOCK_WAIT_S = 10;

  @Matches(/^(pglite:.+|rediss?:\/\/.+)$/, {
    message: 'QUEUE_URL must be pglite:FOLDER or redis://HOST:PORT',
  })
  QUEUE_URL = 'pglite:var/queue';

  @Matches(/^[a-z0-9_-]{1,40}$/, { message: 'QUEUE_PREFIX must be 1 to 40 characters of a-z, 0-9, _ and -' })
  QUEUE_PREFIX = 'tep';

  @toNumber
  @IsInt()
  @Min(1)
  @Max(100_000)
  QUEUE_MAX_BACKLOG = 2_000;

  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  LOG_LEVEL = 'info';

  @IsOptional()
  @IsIn(['pretty', 'json'])
  LOG_FORMAT?: LogFormat;

  @IsString()
  API_KEYS = '';

  @IsString()
  ALLOWED_HOSTS = '';

  @IsString()
  CORS_ORIGINS = '';

  @IsIn(['simulator', 'external'])
  PLANT_SOURCE = 'simulator';

  @toNumber
  @IsNumber()
  @Min(0.1)
  @Max(3_600)
  PLANT_SPEED = 60;

  @toNumber
  @IsInt()
  @Min(1)
  @Max(8_589_934_592)
  PLANT_SEED = 1_431_655_765;

  @toNumber
  @IsInt()
  @Min(0)
  @Max(720)
  PLANT_HISTORY_HOURS = 24;

  @IsTimeZone()
  PLANT_TIME_ZONE = 'UTC';

  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, {
    message: 'PRODUCTION_DAY_START must be a time of day, 00:00 to 23:59, e.g. 07:00',
  })
  PRODUCTION_DAY_START = '07:00';

  @toNumber
  @IsInt()
  @Min(1)
  @Max(3_650)
  RAW_RETENTION_DAYS = 90;

  @IsString()
  MODELS_DIR = 'models';

  @IsIn(['true', 'false'])
  TRAINING_FULL = 'false';

  @IsOptional()
  @IsString()
  CHROMIUM_PATH?: string;

  @toNumber
  @IsInt()
  @Min(10)
  @Max(3_600)
  REPORT_TIMEOUT_S = 600;

  @toNumber
  @IsInt()
  @Min(1)
  @Max(300)
  SHUTDOWN_TIMEOUT_S = 25;

  @toNumber
  @IsInt()
  @Min(0)
  @Max(65_535)
  WORKER_PORT = 8001;
}

/** How log lines look: for people, or for programs. */
export type LogFormat = 'pretty' | 'json';

/** Where the rows live. */
export type DatabaseLocation =
  { kind: 'sqlite'; file: string; lockWaitMs: number } | { kind: 'mysql'; url: string; poolSize: number };

/** What carries the jobs. */
export type QueueLocation = { kind: 'pglite'; folder: string } | { kind: 'redis'; url: string };

/** The validated configuration; injected wherever a setting is needed. Nobody else reads process.env. */
export class Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly workerPort: number;
  readonly database: DatabaseLocation;
  readonly queue: QueueLocation;
  readonly queuePrefix: string;
  readonly queueMaxBacklog: number;
  readonly logLevel: string;
  /** Undefined: pretty on a terminal, json elsewhere. */
  readonly logFormat: LogFormat | undefined;
  readonly apiKeys: ApiKey[];
  readonly allowedHosts: string[];
  /** Origins whose pages may call the API from a browser, besides its own. */
  readonly corsOrigins: string[];
  readonly plant: {
    source: 'simulator' | 'external';
    speed: number;
    seed: number;
    historyHours: number;
    /** IANA name, or a fixed offset. */
    timeZone: string;
    /** When the days of its production begin, in milliseconds after midnight. */
    productionDayStartMs: number;
  };
  readonly rawRetentionDays: number;
  readonly modelsDir: string;
  /** Whether a training over HTTP may simulate as much as the command does without `--quick`. */
  readonly fullTrainingAllowed: boolean;
  readonly chromiumPath: string | undefined;
  /** What one try at a report may take in all. */
  readonly reportTimeoutMs: number;
  readonly shutdownTimeoutMs: number;

  constructor(env: Environment) {
    this.production = env.NODE_ENV === 'production';
    this.host = env.HOST;
    this.port = env.PORT;
    this.workerPort = env.WORKER_PORT;
    this.database = databaseLocation(env);
    this.queue = queueLocation(env);
    this.queuePrefix = env.QUEUE_PREFIX;
    this.queueMaxBacklog = env.QUEUE_MAX_BACKLOG;
    this.logLevel = env.LOG_LEVEL;
    this.logFormat = env.LOG_FORMAT;
    this.apiKeys = parseApiKeys(env.API_KEYS);
    this.allowedHosts = env.ALLOWED_HOSTS.split(',')
      .map((host) => host.trim().toLowerCase())
      .filter(Boolean);
    this.corsOrigins = parseCorsOrigins(env.CORS_ORIGINS);
    this.plant = {
      source: env.PLANT_SOURCE as 'simulator' | 'external',
      speed: env.PLANT_SPEED,
      seed: env.PLANT_SEED,
      historyHours: env.PLANT_HISTORY_HOURS,
      timeZone: env.PLANT_TIME_ZONE,
      productionDayStartMs: timeOfDayMs(env.PRODUCTION_DAY_START) ?? 0,
    };
    this.rawRetentionDays = env.RAW_RETENTION_DAYS;
    this.modelsDir = resolvePath(env.MODELS_DIR);
    this.fullTrainingAllowed = env.TRAINING_FULL === 'true';
    this.chromiumPath = env.CHROMIUM_PATH;
    this.reportTimeoutMs = env.REPORT_TIMEOUT_S * 1_000;
    this.shutdownTimeoutMs = env.SHUTDOWN_TIMEOUT_S * 1_000;
  }

  /** True when callers need an API key: keys are configured, or the door is not a loopback address. */
  get authenticationRequired(): boolean {
    return this.apiKeys.length > 0 || this.production || !isLoopback(this.host);
  }
}

/** A setting is missing or wrong; the message names every variable at fault. */
export class ConfigError extends OperatorError {
  constructor(readonly problems: string[]) {
    super('Correct these variables of the environment, or .env', problems.join('; '));
    this.name = 'ConfigError';
  }
}

/** True for the addresses only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Validates environment variables into a Config.
 * @throws ConfigError that names every variable at fault
 */
export function parseConfig(variables: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const known = Object.keys(new Environment()).concat('CHROMIUM_PATH', 'LOG_FORMAT');
  const env = plainToInstance(
    Environment,
    Object.fromEntries(known.filter((name) => name in given).map((name) => [name, given[name]])),
    {
      exposeDefaultValues: true,
    },
  );
  // Decorators speak from the lowest to the topmost; the topmost says what kind of value it has to be at all.
  const problems = validateSync(env).flatMap(({ constraints = {} }) => Object.values(constraints).slice(-1));
  if (problems.length > 0) throw new ConfigError(problems);
  const config = configOf(env);
  if (config.authenticationRequired && config.apiKeys.length === 0) {
    throw new ConfigError([
      `API_KEYS must be set when HOST is not a loopback address (it is ${config.host}) or NODE_ENV is production; ` +
        'create one with: npm run api-key -- --name NAME --role admin',
    ]);
  }
  return config;
}

/** Whether the environment asks for debug lines: for what goes wrong before, or without, its being read as a whole. */
export function isDebugWanted(): boolean {
  return ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '');
}

/** Reads .env of the project (variables already set win) and validates the environment. */
export function loadConfig(): Config {
  const file = projectPath('.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return parseConfig(process.env);
}

function configOf(env: Environment): Config {
  try {
    return new Config(env);
  } catch (error) {
    throw new ConfigError([(error as Error).message]);
  }
}

function databaseLocation(env: Environment): DatabaseLocation {
  return env.DATABASE_URL.startsWith('sqlite:')
    ? {
        kind: 'sqlite',
        file: fileOf(env.DATABASE_URL.slice('sqlite:'.length)),
        lockWaitMs: env.SQLITE_LOCK_WAIT_S * 1_000,
      }
    : { kind: 'mysql', url: env.DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE };
}

function queueLocation(env: Environment): QueueLocation {
  return env.QUEUE_URL.startsWith('pglite:')
    ? { kind: 'pglite', folder: fileOf(env.QUEUE_URL.slice('pglite:'.length)) }
    : { kind: 'redis', url: env.QUEUE_URL };
}

function fileOf(path: string): string {
  return path === ':memory:' || path === 'memory' ? path : resolvePath(path);
}

function resolvePath(path: string): string {
  return resolve(PROJECT_ROOT, path);
}
