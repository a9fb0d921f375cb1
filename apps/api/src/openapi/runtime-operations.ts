import type { OperationSpec } from './operation';

/** Routes of the runtime library, which every app has and which know nothing of OpenAPI. */
export const runtimeOperations: Readonly<Record<string, OperationSpec>> = {
  'get /health/live': {
    id: 'getLiveness',
    tag: 'Operations',
    summary: 'Is the process alive? Restart it when this fails',
    answers: { 200: { schema: 'HealthReport', description: 'Alive' } },
    problems: [],
  },
  'get /health/ready': {
    id: 'getReadiness',
    tag: 'Operations',
    summary: 'Can it take requests? Send traffic only while this succeeds',
    answers: {
      200: { schema: 'HealthReport', description: 'Ready' },
      503: { schema: 'HealthReport', description: 'A dependency is not available, or it is shutting down' },
    },
    problems: [],
  },
  'get /metrics': {
    id: 'getMetrics',
    tag: 'Operations',
    summary: "Figures in Prometheus' text format",
    answers: { 200: { description: 'The figures', text: true } },
    problems: [],
  },
};
