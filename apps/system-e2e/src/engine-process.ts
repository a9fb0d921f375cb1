import { AppProcess, type Environment } from './app-process';

export interface EngineOptions {
  readonly dataDir: string;
  readonly env?: Environment;
}

/** One run of the built standalone engine. */
export class EngineProcess extends AppProcess {
  static spawn({ dataDir, env = {} }: EngineOptions): EngineProcess {
    return new EngineProcess('standalone', ['--port', '0', '--data', dataDir], env);
  }

  /** Spawned and listening. @throws when it ends before that, with what it printed */
  static async start(options: EngineOptions): Promise<{ engine: EngineProcess; url: string }> {
    const engine = EngineProcess.spawn(options);
    return { engine, url: await engine.listening() };
  }
}
