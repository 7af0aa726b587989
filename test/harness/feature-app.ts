import type { DynamicModule, INestApplication, InjectionToken, Type } from '@nestjs/common';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import {
  Config,
  configureHttp,
  configureLogging,
  JobsModule,
  PlatformModule,
  QueueModule,
  readEnvironment,
  type SilenceLimits,
} from '#platform';
import { MIGRATIONS } from '#migrations';
import { PlantSettings } from '#plant/settings';
import { SETTINGS } from '../../apps/settings.js';
import { lentQueue, QUEUE_TRANSPORT } from '../factories/lent-queue.fixture.js';
import { type Profile, profileResources, type ProfileResources } from './profile-resources.js';

export interface FeatureAppOptions {
  profile: Profile;
  /** The modules under test with those they need, e.g. `[EquipmentModule]`. */
  imports: (Type | DynamicModule)[];
  /** Whether its features submit jobs, and whether this application also works on them. @default no queue at all */
  queue?: 'submits' | 'works';
  /** Further environment variables, e.g. `{ API_KEYS: … }`. */
  variables?: Record<string, string>;
  /** How long its MySQL may say nothing. @default as in the product */
  silenceLimits?: Partial<SilenceLimits>;
  /** Whether `configureHttp` is forgotten. @default false */
  onlyCreated?: boolean;
  /** Database and queue to share with other applications; whoever made them drops them. @default fresh ones */
  resources?: ProfileResources;
}

/** A running HTTP application of some features on a real database and, when they have jobs, a real queue. */
export class FeatureApp {
  private constructor(
    private readonly app: INestApplication,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(options: FeatureAppOptions): Promise<FeatureApp> {
    const { profile, imports, queue, variables = {}, silenceLimits } = options;
    const resources = options.resources ?? (await profileResources(profile, { tables: 'migrated' }));
    const environment = readEnvironment(SETTINGS, {
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      ...resources.variables,
      ...variables,
    });
    const { logLevel, queue: transport } = environment.of(Config);
    configureLogging(logLevel, 'test');
    const modules = Test.createTestingModule({
      imports: [
        PlatformModule.forRoot(environment, {
          migrations: MIGRATIONS,
          schema: 'migrate',
          silenceLimits,
          timeZone: environment.of(PlantSettings).timeZone,
        }),
        ...(queue ? [QueueModule.forRoot({ workers: queue === 'works' }), JobsModule] : []),
        ...imports,
      ],
    });
    if (queue && transport.kind === 'pglite')
      modules.overrideProvider(QUEUE_TRANSPORT).useFactory({ factory: lentQueue });
    const module = await modules.compile();
    const app = module.createNestApplication({ bodyParser: false, logger: false });
    const featureApp = new FeatureApp(app, () => (options.resources ? Promise.resolve() : resources.drop()));
    try {
      if (!options.onlyCreated) configureHttp(app);
      // As `lastingServer`; the product keeps them for longer than a test looks away.
      Object.assign(app.getHttpServer() as Server, { keepAliveTimeout: 0 });
      await app.listen(0, '127.0.0.1');
      return featureApp;
    } catch (error) {
      await featureApp.stop();
      throw error;
    }
  }

  /** A supertest agent on the API; paths begin with /api/v1. */
  get http(): ReturnType<typeof supertest> {
    return supertest(this.app.getHttpServer() as never);
  }

  /** http://127.0.0.1:PORT */
  get url(): string {
    const { port } = (this.app.getHttpServer() as { address(): AddressInfo }).address();
    return `http://127.0.0.1:${port}`;
  }

  get<T>(token: InjectionToken<T>): T {
    return this.app.get<T>(token, { strict: false });
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.drop();
  }
}
