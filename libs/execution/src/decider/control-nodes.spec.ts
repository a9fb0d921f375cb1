import type { Json } from '@workflow-engine/dag';
import { describe, expect, it } from '@jest/globals';

import { ExecutionRun } from '../../testing/execution-run';
import { compiled, control, task } from '../../testing/workflows';

describe('control nodes', () => {
  it('are done in the turn that makes them ready, without a worker', () => {
    const run = new ExecutionRun(
      compiled([
        control('start', 'input', [], { config: { currency: 'EUR', amount: 1 } }),
        control('double', 'transform', ['start'], { config: { amount: '${start.output.amount * 2}' } }),
        control('pass', 'noop', ['double']),
        control('out', 'output', ['double', 'pass']),
      ]),
    );
    run.trigger({ amount: 21 });
    expect(run.outputs()).toEqual({
      start: { currency: 'EUR', amount: 21 },
      double: { amount: 42 },
      pass: {},
      out: { double: { amount: 42 }, pass: {} },
    });
    expect(run.state).toMatchObject({ status: 'COMPLETED', output: { out: { double: { amount: 42 } } } });
    expect(run.dispatched).toEqual([]);
  });

  it('an output with a config is its config', () => {
    const run = new ExecutionRun(
      compiled([
        control('start', 'input'),
        control('out', 'output', ['start'], { config: { n: '${start.output.n}' } }),
      ]),
    );
    run.trigger({ n: 1 });
    expect(run.outputs().out).toEqual({ n: 1 });
  });

  it('fail says so in its own words, and is no dead letter', () => {
    const run = new ExecutionRun(
      compiled([control('stop', 'fail', [], { config: { code: 'OUT_OF_STOCK', message: 'sold out' } })]),
    );
    const events = run.trigger();
    expect(run.state.error).toEqual({
      code: 'OUT_OF_STOCK',
      message: 'node "stop" failed: sold out',
      node_id: 'stop',
    });
    expect(events.at(-1)).not.toHaveProperty('dead_letter');
  });

  it('a noop with a queue is a task', () => {
    const run = new ExecutionRun(compiled([control('a', 'noop', [], { queue: 'gpu' })]));
    run.trigger();
    expect(run.dispatched).toMatchObject([{ nodeId: 'a', queue: 'gpu', handler: 'noop' }]);
  });

  describe('delay', () => {
    const delayed = (config: Record<string, Json>): ExecutionRun => {
      const run = new ExecutionRun(
        compiled([control('wait', 'delay', [], { config }), task('next', ['wait'])]),
      );
      run.trigger({ ms: 1500, at: '2026-01-01T00:00:05Z' });
      return run;
    };

    it.each<[Record<string, Json>, number]>([
      [{ duration: 'PT2S' }, 2000],
      [{ duration: 0.25 }, 250],
      [{ duration: '${input.ms / 1000.0}' }, 1500],
      [{ until: '${input.at}' }, 5000],
    ])('of %j goes on when its time has come', (config, ms) => {
      const run = delayed(config);
      expect(run.status('wait')).toBe('WAITING');
      run.pass(ms - 1);
      expect(run.status('wait')).toBe('WAITING');
      run.pass(1);
      expect(run.status('wait')).toBe('COMPLETED');
      expect(run.status('next')).toBe('SCHEDULED');
    });

    it('until a moment in the past is over with the next look at timers', () => {
      const run = delayed({ until: '1999-12-31T23:59:59Z' });
      run.pass(0);
      expect(run.status('next')).toBe('SCHEDULED');
    });

    it.each<Record<string, Json>>([{ until: 'tomorrow' }, { duration: '${input.at}' }])(
      'of %j fails with INVALID_CONFIG',
      (config) => {
        expect(delayed(config).state.error?.code).toBe('INVALID_CONFIG');
      },
    );

    it('fires once, however often its timer comes', () => {
      const run = delayed({ duration: 1 });
      const timer = run.timers.get('wait');
      run.pass(1000);
      const { length } = run.journal;
      if (timer !== undefined) run.fire(timer);
      expect(run.journal).toHaveLength(length);
    });
  });

  it('do not collect more than can be written down, however cleverly it is shared', () => {
    const nodes = Array.from({ length: 60 }, (_, index) => {
      const before = Math.floor(index / 2) - 1;
      return control(`n${index}`, 'output', before < 0 ? [] : [`n${2 * before}`, `n${2 * before + 1}`], {
        ...(before < 0 && { config: { text: 'x'.repeat(100_000) } }),
      });
    });
    const run = new ExecutionRun(compiled(nodes));
    run.trigger();
    expect(run.state.error).toMatchObject({ code: 'OUTPUT_TOO_LARGE' });
    expect(JSON.stringify(run.journal).length).toBeLessThan(64 * 1024 * 1024);
  });

  it('do not collect deeper than can be written down', () => {
    const nodes = Array.from({ length: 1000 }, (_, index) =>
      control(`n${index}`, 'output', index === 0 ? [] : [`n${index - 1}`]),
    );
    const run = new ExecutionRun(compiled(nodes));
    run.trigger();
    expect(run.state.error).toMatchObject({ code: 'OUTPUT_TOO_LARGE' });
    expect(() => JSON.stringify(run.journal)).not.toThrow();
  });
});
