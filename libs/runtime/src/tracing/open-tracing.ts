import type { Log } from '@workflow-engine/execution';

import { type ConfigOf, oneOf, optional, share, url } from '../config';
import type { Tracing } from './span';

const SAMPLERS = ['always_on', 'always_off', 'traceidratio'] as const;

/** The variables of OpenTelemetry that decide whether there are traces; the exporter knows the others. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(url(['http:', 'https:'])),
  OTEL_SDK_DISABLED: oneOf(['true', 'false'], 'false'),
  /** Executions are roots, so `parentbased_` makes no difference. */
  OTEL_TRACES_SAMPLER: oneOf(
    [...SAMPLERS, ...SAMPLERS.map((sampler) => `parentbased_${sampler}` as const)],
    'parentbased_always_on',
  ),
  OTEL_TRACES_SAMPLER_ARG: share(1),
};

/** Undefined when no exporter is configured: then nothing of OpenTelemetry is even loaded. */
export async function openTracing(
  config: ConfigOf<typeof tracingSettings>,
  app: string,
  log: Log,
): Promise<Tracing | undefined> {
  const isOff = config.OTEL_EXPORTER_OTLP_ENDPOINT === undefined || config.OTEL_SDK_DISABLED === 'true';
  const sampler = config.OTEL_TRACES_SAMPLER.replace('parentbased_', '');
  if (isOff || sampler === 'always_off') return undefined;
  const { OtlpTracing } = await import('./otlp-tracing.js');
  return new OtlpTracing({
    app,
    log,
    sampledShare: sampler === 'traceidratio' ? config.OTEL_TRACES_SAMPLER_ARG : 1,
  });
}
