import type { Server } from 'node:http';

import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Injectable,
  type INestApplication,
  Module,
  type NestApplicationOptions,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Registry } from 'prom-client';

import { type HealthChecks, HealthModule } from './health';
import { listeningUrl } from './listening-url';
import { type Logger, NestLogger } from './logging';
import { LoggingModule } from './logging-module';
import { MetricsModule } from './metrics';
import type { RoleHealth } from './role-health';
import type { Running } from './run-process';
import { ShutdownModule } from './shutdown';

/** A role of the engine: an orchestrator, a worker, a reaper. */
export interface Role {
  start(): Promise<void> | void;
  /** Finishes or hands over what it has. */
  stop(): Promise<void>;
}

export interface RoleApplicationOptions {
  readonly role: Role;
  /** What the role stands on... */
  readonly healthChecks: HealthChecks;
  /** ... and how it does itself. */
  readonly health: RoleHealth;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What the role stands on; closed after it, the last one first. */
  readonly resources: readonly Running[];
  /** How long the role may take to stop, in milliseconds. Default: 0. */
  readonly stopMs?: number;
}

export interface RoleApplication extends Running {
  /** Where it listens, e.g. `http://127.0.0.1:8001`. */
  readonly url: string;
}

const ROLE = Symbol('ROLE');

@Injectable()
class RoleLifecycle implements BeforeApplicationShutdown {
  constructor(@Inject(ROLE) private readonly role: Role) {}

  /** Before the server closes: whoever asks meanwhile learns that the process lives and is not ready any more. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.role.stop();
  }
}

@Module({})
class RoleModule {
  static register(options: RoleApplicationOptions): DynamicModule {
    const { role, healthChecks, health, registry, logger } = options;
    return {
      module: RoleModule,
      imports: [
        LoggingModule.register(logger),
        ShutdownModule,
        HealthModule.register({
          ready: { ...healthChecks, role: health.checkWorking },
          live: { role: health.checkTurning },
        }),
        MetricsModule.register(registry),
      ],
      providers: [{ provide: ROLE, useValue: role }, RoleLifecycle],
    };
  }
}

/** Runs a role with its `/health/live`, `/health/ready` and `/metrics`. */
export async function startRoleApplication(options: RoleApplicationOptions): Promise<RoleApplication> {
  const { host, port, logger, resources, role } = options;
  const settings: Readonly<NestApplicationOptions> = {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  };
  const app = await NestFactory.create<INestApplication<Server>>(RoleModule.register(options), settings);
  // Listens first: a role must not have begun when its port is taken.
  await app.listen(port, host);
  await role.start();
  return {
    url: listeningUrl(app.getHttpServer(), host),
    stopMs: options.stopMs ?? 0,
    async close() {
      await app.close();
      for (const resource of resources.toReversed()) await resource.close();
    },
  };
}
