import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Environment } from './environment.js';

/** Makes the settings of a process injectable everywhere, each group by its class. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(environment: Environment): DynamicModule {
    const groups = [...environment.all].map(([provide, useValue]) => ({ provide, useValue }));
    const providers = [{ provide: Environment, useValue: environment }, ...groups];
    return { module: ConfigModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
