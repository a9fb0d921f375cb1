import { createRequire } from 'node:module';

/** Indexes of the dependencies of each node. */
export type Shape = readonly (readonly number[])[];

export interface Workload {
  readonly name: string;
  readonly shape: Shape;
  readonly isTree?: boolean;
}

export interface Result {
  readonly contender: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly p99?: number;
  readonly roles: Readonly<Record<string, { readonly cpuUsPerTask: number; readonly peakMb: number }>>;
}

export interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly results: readonly Result[];
  readonly faults: readonly { readonly contender: string; readonly message: string }[];
}

export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly p50?: number;
  readonly p99?: number;
  readonly toBare?: number;
}

interface Circumstances {
  readonly at: string;
  readonly commit?: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly run: { readonly rounds: number; readonly seconds: number };
}

interface Comparisons {
  readonly comparisons: readonly Comparison[];
}

interface Growth {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, number>>[];
}

export interface Report {
  readonly engines?: Circumstances & Comparisons;
  readonly requests?: Circumstances & { readonly figures: readonly Figure[] };
  readonly growth?: Circumstances & { readonly growth: readonly Growth[] };
}

interface Execution {
  readonly seed: number;
  readonly values: Readonly<Record<number, number>>;
}

interface Answer {
  readonly execution_id: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, { readonly value: number }>>;
}

interface Ledger {
  readonly tasks: number;
  readonly repeated: number;
  readonly unfinished: number;
  readonly executions: number;
}

/** The parts of `npm run bench` that know no clock and no process. Scripts of the workspace, outside of all packages. */
interface Bench {
  readonly workloads: readonly Workload[];
  readonly chain: (length: number) => Shape;
  readonly fanOut: (width: number) => Shape;
  readonly layers: (count: number, width: number, degree: number) => Shape;
  readonly expectedValues: (shape: Shape, seed: number) => number[];
  readonly resultNodes: (shape: Shape) => number[];
  readonly median: (values: readonly number[]) => number;
  readonly quantile: (values: readonly number[], share: number) => number;
  readonly checkReport: (ledger: Ledger, started: number, shape: Shape) => void;
  readonly checkResults: (results: readonly Execution[], started: number, shape: Shape) => void;
  readonly checkAnswers: (answers: readonly Answer[], shape: Shape) => void;
  readonly checkStatuses: (counts: Readonly<Record<string, number>>, started: number) => void;
  readonly comparisonTable: (engines: Comparisons) => string;
  readonly costTable: (engines: Comparisons) => string;
  readonly totalCostTable: (engines: Comparisons) => string;
  readonly bestRatio: (comparison: Comparison) => string;
  readonly barChart: (engines: Comparisons) => string;
  readonly page: (report: Report) => string;
  readonly withSection: (page: string, name: string, section: string) => string;
}

const load = createRequire(__filename);
const files = [
  'workloads',
  'measure/statistics',
  'measure/checks',
  'report/table',
  'report/svg',
  '../readme-section',
  'report/page',
];

export const bench = Object.assign(
  {},
  ...files.map((file) => load(`../../../../tools/bench/${file}.cjs`) as object),
) as Bench;
