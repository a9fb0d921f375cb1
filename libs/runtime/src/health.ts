import { Controller, type DynamicModule, Get, Header, HttpCode, Inject, Module, Res } from '@nestjs/common';

import { LOGGER, type Logger } from './logging';
import { Shutdown, ShutdownModule } from './shutdown';
import { within } from './within';

/** Resolves when the dependency is usable, rejects saying why not. */
export type HealthCheck = () => Promise<void>;
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

export interface HealthReport {
  readonly status: 'ok' | 'unavailable';
  readonly checks: Readonly<Record<string, string>>;
}

export interface HealthOptions {
  /** What `ready` asks: everything the process cannot work without. */
  readonly ready: HealthChecks;
  /** What `live` asks: only what a restart mends. Default: nothing but an answer. */
  readonly live?: HealthChecks;
}

const HEALTH_OPTIONS = Symbol('HEALTH_OPTIONS');

const checkTimeoutMs = 2_000;

interface StatusResponse {
  status(code: number): unknown;
}

/** `live`: restart me when this fails. `ready`: send me traffic only while this succeeds. */
@Controller(['health', 'api/v1/health'])
export class HealthController {
  private readonly failing = new Set<string>();

  constructor(
    @Inject(HEALTH_OPTIONS) private readonly options: HealthOptions,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  @Get('live')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async live(@Res({ passthrough: true }) response: StatusResponse): Promise<HealthReport> {
    return this.report(response, await this.runAll(this.options.live ?? {}));
  }

  @Get('ready')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) response: StatusResponse): Promise<HealthReport> {
    const outcomes = await this.runAll(this.options.ready);
    if (this.shutdown.signal.aborted) outcomes.push(['process', 'shutting down']);
    return this.report(response, outcomes);
  }

  private report(response: StatusResponse, outcomes: readonly (readonly [string, string])[]): HealthReport {
    const healthy = outcomes.every(([, outcome]) => outcome === 'ok');
    if (!healthy) response.status(503);
    return { status: healthy ? 'ok' : 'unavailable', checks: Object.fromEntries(outcomes) };
  }

  private runAll(checks: HealthChecks): Promise<[string, string][]> {
    return Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await this.run(name, check)]),
    );
  }

  /** Causes go to the log, once; a prober on the network learns only which dependency it is. */
  private async run(name: string, check: HealthCheck): Promise<string> {
    try {
      await within(checkTimeoutMs, check());
      if (this.failing.delete(name)) this.logger.info({ check: name }, 'a health check succeeds again');
      return 'ok';
    } catch (error) {
      if (!this.failing.has(name)) this.logger.warn({ err: error, check: name }, 'a health check fails');
      this.failing.add(name);
      return 'unavailable';
    }
  }
}

@Module({})
export class HealthModule {
  static register(options: HealthOptions): DynamicModule {
    return {
      module: HealthModule,
      imports: [ShutdownModule],
      controllers: [HealthController],
      providers: [{ provide: HEALTH_OPTIONS, useValue: options }],
    };
  }
}
