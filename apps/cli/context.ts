import 'reflect-metadata';
import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MIGRATIONS } from '#migrations';
import {
  type Config,
  configureLogging,
  endStartWatch,
  loadConfig,
  NestLogger,
  PlatformModule,
  watchStart,
} from '#platform';

const STDERR = 2;

export interface ContextOptions {
  /** The features the command needs, without HTTP. */
  imports: (Type | DynamicModule)[];
  /** Whether the command may bring the database up to date or refuses to work on an old one. @default 'require' */
  schema?: 'migrate' | 'require';
}

@Module({})
class CommandModule {
  static forRoot(config: Config, { imports, schema = 'require' }: ContextOptions): DynamicModule {
    return {
      module: CommandModule,
      imports: [PlatformModule.forRoot(config, { migrations: MIGRATIONS, schema }), ...imports],
    };
  }
}

/**
 * Runs `work` with the given features on the database of the configuration, without HTTP and without workers. Logs
 * go to stderr: stdout belongs to the command.
 * @throws ConfigError, SchemaError, and whatever `work` throws
 */
export async function withContext<T>(
  options: ContextOptions,
  work: (context: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const config = loadConfig();
  configureLogging(config.logLevel, 'cli', { destination: STDERR, format: config.logFormat });
  watchStart();
  const context = await NestFactory.createApplicationContext(CommandModule.forRoot(config, options), {
    logger: new NestLogger(),
    abortOnError: false,
  }).finally(endStartWatch);
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}
