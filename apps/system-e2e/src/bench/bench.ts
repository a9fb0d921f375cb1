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
  readonly roles: Readonly<Record<string, { readonly cpuUsPerTask: number; readonly rssMb: number }>>;
}

export interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly results: readonly Result[];
}

export interface Report {
  readonly comparisons: readonly Comparison[];
}

interface Execution {
  readonly seed: number;
  readonly values: Readonly<Record<number, number>>;
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
  readonly comparisonTable: (report: Report) => string;
  readonly costTable: (report: Report) => string;
  readonly bestRatio: (comparison: Comparison) => string;
  readonly barChart: (report: Report) => string;
  readonly withSection: (page: string, section: string) => string;
}

const load = createRequire(__filename);
const files = [
  'workloads',
  'measure/statistics',
  'measure/checks',
  'report/table',
  'report/svg',
  'report/readme',
];

export const bench = Object.assign(
  {},
  ...files.map((file) => load(`../../../../tools/bench/${file}.cjs`) as object),
) as Bench;
