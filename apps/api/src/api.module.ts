import { type DynamicModule, Inject, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import type { EngineApi, RateLimiter } from '@workflow-engine/execution';
import {
  createMetricsRegistry,
  type HealthChecks,
  HealthModule,
  type Logger,
  LoggingModule,
  MetricsModule,
  ShutdownModule,
} from '@workflow-engine/runtime';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';

import { IndexController } from './about/index.controller';
import { API_CONFIG, type ApiConfig, defaultMaxBodyBytes } from './api-config';
import { DeadLettersController } from './dead-letters/dead-letters.controller';
import { DefinitionsController } from './definitions/definitions.controller';
import { StartsController } from './definitions/starts.controller';
import { ENGINE } from './engine';
import { jsonBody } from './http/json-body';
import { MonitoringController } from './monitoring/monitoring.controller';
import { OpenApiController, OpenApiHolder } from './openapi/openapi.controller';
import { EventsController } from './workflows/events.controller';
import { FrontDoorController } from './workflows/front-door.controller';
import { WorkflowsController } from './workflows/workflows.controller';

export interface ApiOptions {
  readonly engine: EngineApi;
  readonly rateLimiter: RateLimiter;
  readonly logger: Logger;
  readonly config?: ApiConfig;
  /** Called around every request, before anything else looks at it. */
  readonly requestScope?: RequestHandler;
  /** What `/health/ready` asks. */
  readonly healthChecks?: HealthChecks;
  /** Where others put their figures; `/metrics` shows it. Default: a new one. */
  readonly registry?: Registry;
  /** Folder of the built console. Default: where the workspace's build leaves it. */
  readonly consoleFolder?: string;
}

/** Express tries routes in this order: the hot ones first. */
const controllers = [
  FrontDoorController,
  StartsController,
  WorkflowsController,
  EventsController,
  DefinitionsController,
  DeadLettersController,
];

@Module({})
export class ApiModule implements NestModule {
  constructor(@Inject(API_CONFIG) private readonly config: ApiConfig) {}

  static register(options: ApiOptions): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        LoggingModule.register(options.logger),
        ShutdownModule,
        HealthModule.register({ ready: options.healthChecks ?? {} }),
        MetricsModule.register(options.registry ?? createMetricsRegistry()),
      ],
      controllers: [...controllers, MonitoringController, OpenApiController, IndexController],
      providers: [
        { provide: ENGINE, useValue: options.engine },
        { provide: API_CONFIG, useValue: options.config ?? {} },
        OpenApiHolder,
      ],
    };
  }

  /** Only where a route takes a body: an unknown path is answered without reading what was sent to it. */
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(jsonBody(this.config.maxBodyBytes ?? defaultMaxBodyBytes)).forRoutes(...controllers);
  }
}
