import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { Config } from '../config/config.js';
import { onceAvailable, openDataSource } from './data-source.js';
import { Database, dataSourceOptions } from './database.js';
import { applyMigrations, requireCurrentSchema } from './migrations.js';
import type { SilenceLimits } from './watched-mysql.js';

export interface DatabaseModuleOptions {
  /** All migrations of the product, in order. */
  migrations: (new () => MigrationInterface)[];
  /** Whether this process brings the schema up to date or refuses to start on an old one. */
  schema: 'migrate' | 'require';
  /** How long a MySQL server may say nothing, where the usual limits do not do. */
  silenceLimits?: Partial<SilenceLimits> | undefined;
}

/** Opens the database of the configuration. Feature modules bring their entities with `TypeOrmModule.forFeature`. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot({ migrations, schema, silenceLimits }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [Config],
          useFactory: (config: Config) => ({
            ...dataSourceOptions(config, silenceLimits),
            migrations,
            autoLoadEntities: true,
            toRetry: () => false,
          }),
          dataSourceFactory: async (options) => openDataSource(options as DataSourceOptions),
        }),
      ],
      providers: [
        {
          provide: Database,
          inject: [DataSource, Config],
          useFactory: async (dataSource: DataSource, config: Config): Promise<Database> => {
            const database = new Database(dataSource, config.database);
            if (schema === 'migrate') await applyMigrations(database);
            else await onceAvailable(() => requireCurrentSchema(dataSource));
            await onceAvailable(() => database.learnBulkWay());
            return database;
          },
        },
      ],
      exports: [Database],
    };
  }
}
