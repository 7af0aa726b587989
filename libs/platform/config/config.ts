import {
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import { type ApiKey, parseApiKeys } from './api-keys.js';
import { parseCorsOrigins } from './cors-origins.js';
import { fromProjectRoot } from './project-path.js';
import { numberOf, Variable } from './settings.js';

/** How log lines look: for people, or for programs. */
export type LogFormat = 'pretty' | 'json';

/** Where the rows live. */
export type DatabaseLocation =
  { kind: 'sqlite'; file: string; lockWaitMs: number } | { kind: 'mysql'; url: string; poolSize: number };

/** What carries the jobs. */
export type QueueLocation = { kind: 'pglite'; folder: string } | { kind: 'redis'; url: string };

/** The settings of the processes themselves; those of what they do are with the features. .env explains each variable. */
export class Config {
  @Variable('NODE_ENV')
  @IsIn(['development', 'production', 'test'])
  readonly mode: string = 'development';

  @Variable('HOST')
  @IsString()
  readonly host: string = '127.0.0.1';

  @Variable('PORT', numberOf)
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly port: number = 8000;

  @Variable('WORKER_PORT', numberOf)
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly workerPort: number = 8001;

  @Variable('DATABASE_URL')
  @Matches(/^(sqlite:.+|mysql:\/\/.+)$/, {
    message: 'DATABASE_URL must be sqlite:FILE or mysql://USER:PASSWORD@HOST:PORT/NAME',
  })
  readonly databaseUrl: string = 'sqlite:var/tep.sqlite';

  @Variable('DATABASE_POOL_SIZE', numberOf)
  @IsInt()
  @Min(1)
  @Max(200)
  readonly databasePoolSize: number = 10;

  @Variable('SQLITE_LOCK_WAIT_S', numberOf)
  @IsInt()
  @Min(1)
  @Max(600)
  readonly sqliteLockWaitS: number = 10;

  @Variable('QUEUE_URL')
  @Matches(/^(pglite:.+|rediss?:\/\/.+)$/, {
    message: 'QUEUE_URL must be pglite:FOLDER or redis://HOST:PORT',
  })
  readonly queueUrl: string = 'pglite:var/queue';

  @Variable('QUEUE_PREFIX')
  @Matches(/^[a-z0-9_-]{1,40}$/, { message: 'QUEUE_PREFIX must be 1 to 40 characters of a-z, 0-9, _ and -' })
  readonly queuePrefix: string = 'tep';

  @Variable('QUEUE_MAX_BACKLOG', numberOf)
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly queueMaxBacklog: number = 2_000;

  @Variable('LOG_LEVEL')
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  readonly logLevel: string = 'info';

  /** Undefined: pretty on a terminal, json elsewhere. */
  @Variable('LOG_FORMAT')
  @IsIn(['pretty', 'json', undefined])
  readonly logFormat: LogFormat | undefined = undefined;

  @Variable('API_KEYS', parseApiKeys)
  @AreKeysWhereNeeded()
  readonly apiKeys: ApiKey[] = [];

  @Variable('ALLOWED_HOSTS', hostNames)
  readonly allowedHosts: string[] = [];

  /** Origins whose pages may call the API from a browser, besides its own. */
  @Variable('CORS_ORIGINS', parseCorsOrigins)
  readonly corsOrigins: string[] = [];

  @Variable('SHUTDOWN_TIMEOUT_S', numberOf)
  @IsInt()
  @Min(1)
  @Max(300)
  readonly shutdownTimeoutS: number = 25;

  get production(): boolean {
    return this.mode === 'production';
  }

  get database(): DatabaseLocation {
    return this.databaseUrl.startsWith('sqlite:')
      ? {
          kind: 'sqlite',
          file: fileOf(this.databaseUrl.slice('sqlite:'.length)),
          lockWaitMs: this.sqliteLockWaitS * 1_000,
        }
      : { kind: 'mysql', url: this.databaseUrl, poolSize: this.databasePoolSize };
  }

  get queue(): QueueLocation {
    return this.queueUrl.startsWith('pglite:')
      ? { kind: 'pglite', folder: fileOf(this.queueUrl.slice('pglite:'.length)) }
      : { kind: 'redis', url: this.queueUrl };
  }

  get shutdownTimeoutMs(): number {
    return this.shutdownTimeoutS * 1_000;
  }

  /** True when callers need an API key: keys are configured, or the door is not a loopback address. */
  get authenticationRequired(): boolean {
    return this.apiKeys.length > 0 || this.production || !isLoopback(this.host);
  }
}

/** True for the addresses only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function AreKeysWhereNeeded(): PropertyDecorator {
  return ValidateBy({
    name: 'areKeysWhereNeeded',
    validator: {
      validate: (keys, validated) =>
        (keys as ApiKey[]).length > 0 || configOf(validated)?.authenticationRequired !== true,
      defaultMessage: (validated) =>
        `API_KEYS must be set when HOST is not a loopback address (it is ${configOf(validated)?.host}) or ` +
        'NODE_ENV is production; create one with: npm run api-key -- --name NAME --role admin',
    },
  });
}

function configOf(validated: ValidationArguments | undefined): Config | undefined {
  return validated?.object as Config | undefined;
}

function hostNames(text: string): string[] {
  return text
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter(Boolean);
}

function fileOf(path: string): string {
  return path === ':memory:' || path === 'memory' ? path : fromProjectRoot(path);
}
