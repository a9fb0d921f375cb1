import { describe, expect, it } from '@jest/globals';

import { bench, type Comparison, type Result, type Shape } from './bench';

const { chain, fanOut, layers, expectedValues, checkReport, checkResults, checkAnswers, checkStatuses } =
  bench;

describe('the workloads', () => {
  it.each(bench.workloads.map((workload) => [workload.name, workload] as const))(
    '%s: dependencies come before their dependents, each once',
    (_, { shape }) => {
      for (const [node, dependencies] of shape.entries()) {
        expect(new Set(dependencies).size).toBe(dependencies.length);
        expect(Math.max(-1, ...dependencies)).toBeLessThan(node);
      }
    },
  );

  it('have the shapes that their names say', () => {
    expect(chain(3)).toEqual([[], [0], [1]]);
    expect(fanOut(2)).toEqual([[], [0], [0], [1, 2]]);
    expect(layers(2, 3, 2)).toEqual([[], [], [], [0, 1], [1, 2], [0, 2]]);
  });

  it('give every node a value that depends on the seed and on all of its dependencies', () => {
    expect(expectedValues(fanOut(2), 10)).toEqual([10, 21, 22, 56]);
    expect(expectedValues(fanOut(2), 11)).toEqual([11, 23, 24, 61]);
  });
});

describe('the checks of a run', () => {
  const shape: Shape = chain(2);
  const right = (seed: number) => ({ seed, values: { 1: expectedValues(shape, seed)[1] ?? NaN } });
  const ledger = { tasks: 4, repeated: 0, unfinished: 0, executions: 2 };

  it('let a run pass of which every task ran once and every result is right', () => {
    checkReport(ledger, 2, shape);
    checkResults([right(1), right(2)], 2, shape);
  });

  it.each([
    ['a task that ran twice', { tasks: 5, repeated: 1 }],
    ['a task that did not run', { tasks: 3, unfinished: 1 }],
    ['an execution that never ran', { tasks: 2, executions: 1 }],
  ])('find %s', (_, change) => {
    expect(() => checkReport({ ...ledger, ...change }, 2, shape)).toThrow(/ran/);
  });

  it.each([
    ['a missing execution', [right(1)]],
    ['an execution that is there twice', [right(1), right(1)]],
    ['a missing result', [right(1), { seed: 2, values: {} }]],
    ['a wrong result', [right(1), { ...right(1), seed: 2 }]],
  ])('find %s', (_, results) => {
    expect(() => checkResults(results, 2, shape)).toThrow();
  });

  const answer = (seed: number) => ({
    execution_id: `execution ${seed}`,
    status: 'COMPLETED',
    outputs: { n1: { value: expectedValues(shape, seed)[1] ?? NaN } },
  });

  it('let answers pass that are complete and right, in the order of their seeds', () => {
    checkAnswers([answer(1), answer(2)], shape);
    expect(() => checkAnswers([answer(2), answer(1)], shape)).toThrow(/instead of/);
    expect(() => checkAnswers([answer(1), { ...answer(2), status: 'FAILED' }], shape)).toThrow(/FAILED/);
    expect(() => checkAnswers([{ ...answer(1), outputs: {} }], shape)).toThrow(/no result/);
  });

  it('let a run pass of which all executions have completed', () => {
    checkStatuses({}, 0);
    checkStatuses({ COMPLETED: 2 }, 2);
    expect(() => checkStatuses({ COMPLETED: 1 }, 2)).toThrow(/2 executions/);
    expect(() => checkStatuses({ COMPLETED: 1, FAILED: 1 }, 2)).toThrow(/"FAILED":1/);
    expect(() => checkStatuses({ COMPLETED: 2, RUNNING: 1 }, 2)).toThrow(/RUNNING/);
  });
});

describe('the statistics', () => {
  it('are values that were measured', () => {
    expect(bench.median([3, 1, 2])).toBe(2);
    expect(bench.median([4, 1, 3, 2])).toBe(2);
    expect(bench.quantile([5, 1, 4, 2, 3], 0.99)).toBe(5);
    expect(() => bench.median([])).toThrow(RangeError);
  });
});

describe('the report', () => {
  const result = (contender: string, median: number, more: Partial<Result> = {}): Result => {
    return { contender, median, min: median / 2, max: median * 2, roles: {}, ...more };
  };
  const rates: Comparison = {
    name: 'a',
    title: 'fan-out -> fan-in & more',
    unit: 'tasks/s',
    results: [
      result('this engine', 12_000, { roles: { worker: { cpuUsPerTask: 12.34, peakMb: 100 } } }),
      result('slow', 1000),
      result('fast', 4000),
      result('floor, bare', 50_000),
    ],
    faults: [],
  };
  const times: Comparison = {
    name: 'b',
    title: 'steps',
    unit: 'ms a step',
    results: [result('this engine', 0.5, { p99: 2 }), result('fast', 4)],
    faults: [],
  };
  const report = { comparisons: [rates, times] };
  const circumstances = {
    at: '2030-01-02T03:04:05Z',
    machine: { cpu: '2 x fast', memory: '8 GB', system: 'Linux 6' },
    versions: { node: '20.0.0' },
    run: { rounds: 3, seconds: 2 },
  };

  it('compares with the best of the others: the highest rate, the shortest time, and never the floor', () => {
    expect(bench.bestRatio(rates)).toBe('3.0x');
    expect(bench.bestRatio(times)).toBe('8.0x');
  });

  it('shows medians, ranges and who was not there', () => {
    const [head, , first, second] = bench
      .comparisonTable(report)
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const columns = ['this engine', 'slow', 'fast', 'x the best of them', 'floor, bare'];
    expect(head).toEqual(['', 'workload', ...columns, '']);
    expect(first?.slice(2, -1)).toEqual([
      '**12,000 (6,000-24,000)**',
      '1,000 (500-2,000)',
      '4,000 (2,000-8,000)',
      '3.0x',
      '50,000 (25,000-100,000)',
    ]);
    expect(second?.slice(2, -1)).toEqual(['**0.5 (0.25-1)**, p99 2', '-', '4 (2-8)', '8.0x', '-']);
  });

  it('tells who failed from who was not there', () => {
    const failed = { ...times, faults: [{ contender: 'broken', message: 'wrong' }] };
    const columns = /\| fast +\| broken +\|.*\n.*\n.*\| - +\|.*\n.*\| failed \|/;
    expect(bench.comparisonTable({ comparisons: [rates, failed] })).toMatch(columns);
    expect(bench.totalCostTable({ comparisons: [failed] })).toMatch(/\| failed \|$/);
  });

  it('shows what each role spends and held at most', () => {
    const table = bench.costTable(report);
    expect(table).toMatch(/\| worker +\|\n.*\n\| fan-out.*\| 12.3 +\|\n\| steps +\| - /);
    expect(table).toMatch(/\| memory, MB at most +\| 100 +\|$/);
  });

  it('adds up what all processes of an engine spend, without the client', () => {
    const roles = (cpu: number) => ({ cpuUsPerTask: cpu, peakMb: 1 });
    const engine = result('this engine', 1, { roles: { a: roles(10), b: roles(20), driver: roles(500) } });
    const comparison = { ...rates, results: [engine, result('fast', 1)] };
    expect(bench.totalCostTable({ comparisons: [comparison] })).toMatch(/\| 30 +\| - +\|$/);
  });

  it('is a page with the parts that were run', () => {
    const figure = { what: 'ask', unit: 'requests/s', median: 1000, min: 900, max: 1100, toBare: 0.5 };
    const growth = { title: 'Nodes', rows: [{ nodes: 1000, seconds: 0.5 }] };
    expect(bench.page({})).toBe('');
    const text = bench.page({
      requests: { ...circumstances, figures: [figure] },
      growth: { ...circumstances, commit: 'abc1234', growth: [growth] },
    });
    expect(text).toContain(
      'Measured 2030-01-02 on 2 x fast, 8 GB, Linux 6, with node 20.0.0; medians (min-max) of 3',
    );
    expect(text).toMatch(/## Growth\n\nMeasured 2030-01-02 at abc1234 on .*; each measured once\./);
    expect(text).toMatch(/\| ask +\| 1,000 \(900-1,100\) requests\/s \| 0.5x +\| - +\| - +\|/);
    expect(text).toMatch(/Nodes:\n\n\| nodes \| seconds \|\n.*\n\| 1,000 \| 0.5 +\|/);
    expect(text).not.toContain('other engines');
    expect(bench.page({ engines: { ...circumstances, ...report } })).toContain('## Beside other engines');
  });

  it('draws a bar for each engine, as long as it is fast', () => {
    const chart = bench.barChart(report);
    const widths = [...chart.matchAll(/<rect class="(\w+)".* width="(\d+)"/g)].map(([, kind, width]) => [
      kind,
      Number(width),
    ]);
    expect(widths).toEqual([
      ['engine', 400],
      ['peer', 33],
      ['peer', 133],
      ['engine', 400],
      ['peer', 50],
    ]);
    expect(chart).toContain('fan-out -&gt; fan-in &amp; more');
  });

  it('replaces what is between the marks of a page, and nothing else', () => {
    const page = (text: string): string => `before\n<!-- bench -->\n\n${text}\n\n<!-- /bench -->\nafter`;
    expect(bench.withSection(page('old'), 'bench', 'new')).toBe(page('new'));
    expect(() => bench.withSection('no marks', 'bench', 'new')).toThrow(/bench/);
  });
});
