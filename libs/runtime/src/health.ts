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

const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');

const checkTimeoutMs = 2_000;

interface StatusResponse {
  status(code: number): unknown;
}

/** `live`: restart me when this fails. `ready`: send me traffic only while this succeeds. */
@Controller(['health', 'api/v1/health'])
export class HealthController {
  constructor(
    @Inject(HEALTH_CHECKS) private readonly checks: HealthChecks,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): HealthReport {
    return { status: 'ok', checks: {} };
  }

  @Get('ready')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) response: StatusResponse): Promise<HealthReport> {
    const entries = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => [name, await this.run(name, check)] as const),
    );
    if (this.shutdown.signal.aborted) entries.push(['process', 'shutting down']);
    const healthy = entries.every(([, outcome]) => outcome === 'ok');
    if (!healthy) response.status(503);
    return { status: healthy ? 'ok' : 'unavailable', checks: Object.fromEntries(entries) };
  }

  /** Causes go to the log; a prober on the network learns only which dependency it is. */
  private async run(name: string, check: HealthCheck): Promise<string> {
    try {
      await within(checkTimeoutMs, check());
      return 'ok';
    } catch (error) {
      this.logger.warn({ err: error, check: name }, 'a health check failed');
      return 'unavailable';
    }
  }
}

@Module({})
export class HealthModule {
  static register(checks: HealthChecks): DynamicModule {
    return {
      module: HealthModule,
      imports: [ShutdownModule],
      controllers: [HealthController],
      providers: [{ provide: HEALTH_CHECKS, useValue: checks }],
    };
  }
}
