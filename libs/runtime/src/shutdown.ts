import { Global, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';

/** Tells what runs long - live streams, waiting requests, loops - that the process wants to end. */
@Injectable()
export class Shutdown implements OnModuleDestroy {
  private readonly controller = new AbortController();

  /** Aborted before servers and connections are closed. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  onModuleDestroy(): void {
    this.controller.abort(new Error('the process is shutting down'));
  }
}

@Global()
@Module({ providers: [Shutdown], exports: [Shutdown] })
export class ShutdownModule {}
