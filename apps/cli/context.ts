import 'reflect-metadata';
import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MIGRATIONS } from '#migrations';
import { PlantSettings } from '#plant/settings';
import {
  Config,
  configureLogging,
  endStartWatch,
  type Environment,
  loadEnvironment,
  NestLogger,
  PlatformModule,
  watchStart,
} from '#platform';
import { SETTINGS } from '../settings.js';

const STDERR = 2;

export interface ContextOptions {
  /** The features the command needs, without HTTP. */
  imports: (Type | DynamicModule)[];
  /** Whether the command may bring the database up to date or refuses to work on an old one. @default 'require' */
  schema?: 'migrate' | 'require';
}

@Module({})
class CommandModule {
  static forRoot(environment: Environment, { imports, schema = 'require' }: ContextOptions): DynamicModule {
    return {
      module: CommandModule,
      imports: [
        PlatformModule.forRoot(environment, {
          migrations: MIGRATIONS,
          schema,
          timeZone: environment.of(PlantSettings).timeZone,
        }),
        ...imports,
      ],
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
  const environment = loadEnvironment(SETTINGS);
  const { logLevel, logFormat } = environment.of(Config);
  configureLogging(logLevel, 'cli', { destination: STDERR, format: logFormat });
  watchStart();
  const context = await NestFactory.createApplicationContext(CommandModule.forRoot(environment, options), {
    logger: new NestLogger(),
    abortOnError: false,
  }).finally(endStartWatch);
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}
