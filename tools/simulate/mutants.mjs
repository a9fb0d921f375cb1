// Takes one rule out of a copy of the compiled engine at a time, and runs seeds until a promise is broken.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const runner = fileURLToPath(new URL('first-caught.cjs', import.meta.url));

/** Each change: the compiled file, what is taken out of it, and what is there instead. */
const mutants = [
  {
    rule: 'fencing: only the owner of a partition commits',
    changes: [
      [
        'src/in-memory/in-memory-execution-store.js',
        "if (!leases.isCurrent(lease))\n            return 'fenced';\n        if (this.lastBatches",
        'if (this.lastBatches',
      ],
    ],
  },
  {
    rule: 'the first outcome of an attempt is the only one',
    changes: [
      [
        'src/decider/decide.js',
        'return (0, state_1.at)(state.attempt, node) === command.attempt ? node : undefined;',
        'return node;',
      ],
    ],
  },
  {
    rule: 'a commit moves the offset of the inbound stream',
    changes: [
      ['src/in-memory/in-memory-execution-store.js', 'offset: batch.offset ?? offset', 'offset'],
      ['src/in-memory/in-memory-execution-store.js', 'stream.trim(partition, batch.offset);', ';'],
    ],
  },
  {
    rule: 'a settled task is acknowledged',
    changes: [['src/in-memory/in-memory-task-queue.js', 'this.claims.delete(one.receipt);', ';']],
  },
  {
    rule: 'a rebuild sends open tasks out again',
    changes: [['src/decider/decide.js', '(0, lost_task_1.recoverTask)(turn, node);', ';']],
  },
  {
    rule: 'nothing is committed that a worker has gone beyond',
    changes: [['src/in-memory/in-memory-execution-store.js', "return 'overtaken';", ';']],
  },
  {
    rule: 'an end, a pause or a retry withdraws what may follow',
    changes: [['src/in-memory/in-memory-execution-store.js', 'tasks.withdraw(batch.withdrawn);', ';']],
  },
  {
    rule: 'a follow-up begins once',
    changes: [['src/decider/decide.js', 'command.followedUp === true', 'false']],
  },
  {
    rule: 'the claim of a task goes over to its follow-up',
    changes: [
      [
        'src/in-memory/in-memory-task-queue.js',
        'claim.task = (0, follow_up_task_1.followUpTask)(next.task, next.task.plan.config);',
        ';',
      ],
    ],
  },
  {
    rule: 'a follow-up is given what the journal says',
    changes: [['src/journey/resolve-follow-up.js', "status: 'COMPLETED'", "status: 'FAILED'"]],
  },
  {
    rule: 'a follow-up is given the input of its execution',
    changes: [
      [
        'src/journey/resolve-follow-up.js',
        '() => node, input, execution',
        '() => node, input: {}, execution',
      ],
    ],
  },
  {
    rule: 'secrets are revealed to the handler',
    changes: [['src/journey/run-task.js', '(task.config, task.secrets,', '(task.config, [],']],
  },
  {
    rule: 'nothing of an older timeline is archived',
    changes: [
      [
        'src/in-memory/in-memory-execution-repository.js',
        'this.timelines.get(position.partition) === position.timeline;',
        'this.timelines.has(position.partition);',
      ],
    ],
  },
  {
    rule: 'hot data older than the archive is dropped',
    changes: [['src/journey/resume-partition.js', '!isKnown || isBefore(found, archived)', '!isKnown']],
  },
  {
    rule: 'the time of a clock that was ahead is not waited for',
    changes: [['src/journey/recovery.js', 'Math.abs(now - at) < ms', 'now - at < ms']],
  },
  {
    rule: 'a timer that ran out by a clock which was ahead is set anew',
    changes: [['src/decider/decide.js', 'it may be yet to come.\n    setTimers(turn);', '']],
  },
  {
    rule: 'a timer goes off when its time has come',
    changes: [
      ['src/in-memory/in-memory-execution-store.js', '.due(now, limit)', '.due(Infinity, limit)'],
      ['src/decider/decide.js', 'dueAt > turn.moment.now', 'false'],
    ],
  },
  {
    rule: 'an execution is not cancelled unless somebody wants it',
    changes: [
      [
        'src/decider/decide.js',
        "turn.emit({ type: 'ExecutionPaused' });",
        "(0, park_1.endExecution)(turn, { type: 'ExecutionCancelled' });",
      ],
    ],
  },
  {
    rule: 'an execution times out when it has a timeout',
    changes: [
      ['src/decider/decide.js', 'if (timeoutMs === undefined)', 'if (false)'],
      ['src/decider/decide.js', 'turn.moment.now + timeoutMs', 'turn.moment.now + (timeoutMs ?? 2000)'],
    ],
  },
  {
    rule: 'a delay waits',
    changes: [['src/decider/control-nodes.js', "kind: 'waiting'", "kind: 'completed', output: {}"]],
  },
  {
    rule: 'a delay until a moment waits for it',
    changes: [['src/decider/control-nodes.js', 'return { ok: true, at };', 'return { ok: true, at: now };']],
  },
  {
    rule: 'a task is not lost while its worker renews its claim',
    changes: [['src/in-memory/in-memory-task-queue.js', 'claim.renewedAt = this.clock.now();', ';']],
  },
  {
    rule: 'a worker renews the claims of what it runs',
    changes: [['src/journey/worker.js', 'await this.ports.tasks.renew(id, [...this.running.keys()])', '[]']],
  },
  {
    rule: 'a task times out when it has run for so long',
    changes: [['src/journey/run-task.js', 'watch.limit(startToCloseMs,', 'watch.limit(1,']],
  },
];

/** Exit code 0 when every removal was noticed. */
export async function runMutants(seeds) {
  const rows = mutants.map(({ rule, changes }) => ({ 'removed rule': rule, ...caught(changes, seeds) }));
  console.table(rows);
  return rows.every((row) => row['caught by seed'] > 0) ? 0 : 1;
}

function caught(changes, seeds) {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-engine-mutant-'));
  try {
    cpSync(join(root, 'libs/execution/dist'), folder, { recursive: true });
    for (const [file, pattern, replacement] of changes) {
      const path = join(folder, file);
      const text = readFileSync(path, 'utf8');
      if (text.split(pattern).length !== 2)
        return { 'caught by seed': 0, 'broken promise': `${file} does not have this rule once any more` };
      writeFileSync(
        path,
        text.replace(pattern, () => replacement),
      );
    }
    // Packages are found where the workspace has them.
    const env = { ...process.env, NODE_PATH: join(root, 'node_modules') };
    const { stdout, status, stderr } = spawnSync(process.execPath, [runner, folder, String(seeds)], {
      env,
      encoding: 'utf8',
    });
    if (status !== 0) return { 'caught by seed': 0, 'broken promise': stderr.trim().split('\n').at(-1) };
    const { seed, fault } = JSON.parse(stdout);
    return { 'caught by seed': seed, 'broken promise': fault };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
