import {
  diag,
  DiagLogLevel,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { Log } from '@workflow-engine/execution';

import { within } from '../within';
import { type FinishedSpan, traceIdOf, type Tracing } from './span';

const CLOSE_WITHIN_MS = 5000;

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, consumer: SpanKind.CONSUMER };
const scope = { name: '@workflow-engine/runtime' };

export interface OtlpTracingOptions {
  readonly app: string;
  /** Of executions, from 0 to 1. Decided by the trace's id, so that all processes agree. */
  readonly sampledShare: number;
  readonly log: Log;
}

/**
 * Spans to an OTLP endpoint over HTTP, in the background and in batches. They are made when they are over and partly
 * from what other processes know, so they bypass the tracers of OpenTelemetry, which cannot do that.
 */
export class OtlpTracing implements Tracing {
  private readonly processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter() });
  private readonly sampler: TraceIdRatioBasedSampler;
  private readonly resource: Resource;

  constructor({ app, sampledShare, log }: OtlpTracingOptions) {
    this.sampler = new TraceIdRatioBasedSampler(sampledShare);
    const named = resourceFromAttributes({ 'service.name': `workflow-engine-${app}` });
    this.resource = defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] }));
    const warn = (message: string): void => log.warn('spans cannot be sent', { reason: message });
    const ignore = (): void => undefined;
    diag.setLogger(
      { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
  }

  record(span: FinishedSpan): void {
    const traceId = traceIdOf(span.executionId);
    const { decision } = this.sampler.shouldSample(ROOT_CONTEXT, traceId);
    if (decision === SamplingDecision.RECORD_AND_SAMPLED)
      this.processor.onEnd(readableSpan(span, traceId, this.resource));
  }

  async close(): Promise<void> {
    await within(CLOSE_WITHIN_MS, this.processor.shutdown()).catch(() => undefined);
  }
}

function readableSpan(span: FinishedSpan, traceId: string, resource: Resource): ReadableSpan {
  const contextOf = (spanId: string): SpanContext => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  const { startedAt, parentId, error, executionId } = span;
  // The clocks of two machines are never quite the same.
  const endedAt = Math.max(startedAt, span.endedAt);
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => contextOf(span.id),
    ...(parentId !== undefined && { parentSpanContext: { ...contextOf(parentId), isRemote: true } }),
    startTime: hrTime(startedAt),
    endTime: hrTime(endedAt),
    duration: hrTime(endedAt - startedAt),
    ended: true,
    status:
      error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes: { 'wfe.execution_id': executionId, ...span.attributes },
    links: linksTo(span.cause),
    events: [],
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1_000_000)];
}

/** W3C Trace Context, "traceparent header". */
function linksTo(traceparent: string | undefined): Link[] {
  const [, traceId, spanId, flags] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return [];
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16), isRemote: true } }];
}
