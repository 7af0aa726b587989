import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type MigrationInterface } from 'typeorm';
import { Config } from './config.js';
import { Database, dataSourceOptions } from './database.js';
import { applyMigrations, requireCurrentSchema } from './migrations.js';

export interface DatabaseModuleOptions {
  /** All migrations of the product, in order. */
  migrations: (new () => MigrationInterface)[];
  /** Whether this process brings the schema up to date or refuses to start on an old one. */
  schema: 'migrate' | 'require';
}

/** Opens the database of the configuration. Feature modules bring their entities with `TypeOrmModule.forFeature`. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot({ migrations, schema }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [Config],
          useFactory: (config: Config) => ({
            ...dataSourceOptions(config),
            migrations,
            autoLoadEntities: true,
            retryAttempts: 5,
            retryDelay: 1_000,
          }),
        }),
      ],
      providers: [
        {
          provide: Database,
          inject: [DataSource, Config],
          useFactory: async (dataSource: DataSource, config: Config): Promise<Database> => {
            const database = new Database(dataSource, config.database);
            await (schema === 'migrate' ? applyMigrations(dataSource) : requireCurrentSchema(dataSource));
            return database;
          },
        },
      ],
      exports: [Database],
    };
  }
}
