import { createRequire } from 'node:module';

import { EXECUTION_STATUSES, type ExecutionStatus } from '@workflow-engine/contracts';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { completionScript, SHELLS } from './commands/completion';
import {
  discardDeadLetters,
  listDeadLetters,
  retryDeadLetters,
  showDeadLetter,
} from './commands/dead-letters';
import { graph, GRAPH_FORMATS, type GraphOptions, validate } from './commands/definitions';
import { dev, type DevOptions } from './commands/dev';
import {
  change,
  type Change,
  list,
  type ListOptions,
  logs,
  rerun,
  results,
  status,
} from './commands/executions';
import { run, type RunOptions, submit, trigger } from './commands/run';
import { explain } from './examples';
import { failureOf, tell } from './failure-report';
import { harmless } from './paint';
import { openSession, type Session } from './session';
import { withNearSuggestions } from './suggestions';
import { EXIT, type Terminal } from './terminal';

const exitCodes = `
Exit codes: 0 done; 1 the answer is no (faults, a failed execution, no results, a wrong state); 2 no answer (usage, files, no engine).`;

/** Runs one command line. @returns the exit code */
export async function wfe(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = buildProgram(terminal, (code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander shows the whole help then, and does not say why.
      const [verb, topic] = args;
      if (error.code === 'commander.help' && verb === 'help' && topic !== undefined)
        terminal.err.write(
          `\nerror: there is no command '${harmless(topic)}'; the commands there are stand above\n`,
        );
      return error.exitCode === 0 ? EXIT.ok : EXIT.trouble;
    }
    if (terminal.signal.aborted && error === terminal.signal.reason) return EXIT.interrupted;
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    tell(terminal, failure);
    return failure.exitCode;
  }
}

const { version } = createRequire(__filename)('../package.json') as { readonly version: string };

type Done = (exitCode: number) => void;

/** All commands; none runs before the program parses. */
export function buildProgram(terminal: Terminal, done: Done): Command {
  const program = new Command('wfe')
    .description('Run, watch and mend workflows.')
    .addOption(
      new Option('--url <url>', 'where the engine is')
        .env('WFE_URL')
        .default(terminal.env.WFE_URL ?? 'http://127.0.0.1:8000'),
    )
    .option('--json', 'JSON for programs instead of text for people')
    .version(version, '-v, --version', 'the version of this command')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      outputError: (text, write) => write(withNearSuggestions(text)),
      getOutHelpWidth: () => terminal.out.columns ?? 100,
      getErrHelpWidth: () => terminal.err.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const session = (): Session => openSession(terminal, program.opts());
  program
    .command('dev')
    .description('start the engine on this machine, all of it in one process')
    .option('--port <port>', 'where to listen; 0 takes a free port (default 8000)')
    .option('--host <host>', 'address to listen on (default 127.0.0.1)')
    .option('--data <folder>', 'folder of the embedded database (default ./.data)')
    .option('--demo', 'also start the small upstream that the example payloads call')
    .action(async (options: DevOptions) => done(await dev(terminal, options)));
  addDefinitionCommands(program, session, done);
  addExecutionCommands(program, session, done);
  addDeadLetterCommands(program, session, done);
  program
    .command('completion')
    .description('a script that completes commands: source <(wfe completion bash)')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((shell: (typeof SHELLS)[number]) => void terminal.out.write(completionScript(program, shell)));
  explain(program);
  program.addHelpText('after', exitCodes);
  return program;
}

function addDefinitionCommands(program: Command, session: () => Session, done: Done): void {
  program
    .command('validate')
    .description('check definitions: every fault, at its line')
    .argument('<files...>', 'JSON files; "-" reads standard input')
    .option('--remote', 'ask the engine, which knows handlers of your own')
    .action(async (files: string[], options: { remote?: boolean }) =>
      done(await validate(session(), files, options)),
    );
  program
    .command('graph')
    .description('draw a definition, or an execution with the status of its nodes')
    .argument('[file]', 'JSON file; "-" reads standard input')
    .addOption(new Option('-f, --format <format>', 'how').choices(GRAPH_FORMATS).default('mermaid'))
    .option('-o, --output <file>', 'where to (default: standard output)')
    .option('--execution <id>', 'draw this execution')
    .action(async (file: string | undefined, options: GraphOptions) =>
      done(await graph(session(), file, options)),
    );
}

function addExecutionCommands(program: Command, session: () => Session, done: Done): void {
  const input = new Option('-i, --input <json>', 'JSON, @file, or "-" for standard input');
  const id = new Argument('<id>', 'of the execution');
  program
    .command('run')
    .description('start a file and wait for its result')
    .argument('<file>', 'JSON file; "-" reads standard input')
    .addOption(input)
    .option('-w, --watch', 'show how it goes')
    .option('-d, --detach', 'do not wait; print the id')
    .action(async (file: string, options: RunOptions) => done(await run(session(), file, options)));
  program
    .command('submit')
    .description('create an execution that waits for its trigger')
    .argument('<file>', 'JSON file; "-" reads standard input')
    .action(async (file: string) => done(await submit(session(), file)));
  program
    .command('trigger')
    .description('start a submitted execution')
    .addArgument(id)
    .addOption(input)
    .action(async (execution: string, options: { input?: string }) =>
      done(await trigger(session(), execution, options)),
    );
  program
    .command('status')
    .description('how an execution and its nodes stand')
    .addArgument(id)
    .option('-w, --watch', 'follow it to its end')
    .action(async (execution: string, options: { watch?: boolean }) =>
      done(await status(session(), execution, options)),
    );
  program
    .command('list')
    .description('executions, newest first')
    .addOption(
      new Option('-s, --status <status...>', 'any of these')
        .choices(EXECUTION_STATUSES.map((status) => status.toLowerCase()))
        .argParser(statuses),
    )
    .option('-n, --name <name>', 'of this workflow')
    .option('-l, --label <key=value...>', 'with all of these')
    .option('--since <time>', 'created since: 30m, 2h, 1d, or a time')
    .option('--limit <count>', 'at most', wholeNumber, 20)
    .action(async (options: ListOptions) => done(await list(session(), options)));
  program
    .command('results')
    .description('the output of an execution')
    .addArgument(id)
    .option('--node <id>', 'the output of this node')
    .action(async (execution: string, options: { node?: string }) =>
      done(await results(session(), execution, options)),
    );
  program
    .command('logs')
    .description('what its task handlers wrote')
    .addArgument(id)
    .option('--node <id>', 'of this node only')
    .option('-f, --follow', 'go on until the execution ends')
    .action(async (execution: string, options: { node?: string; follow?: boolean }) =>
      done(await logs(session(), execution, options)),
    );
  addChanges(program, session, done);
  program
    .command('rerun')
    .description('run one that has ended again from a node on; the other outputs stay')
    .addArgument(id)
    .requiredOption('--from <node>', 'this node and all that depend on it run again')
    .action(async (execution: string, options: { from: string }) =>
      done(await rerun(session(), execution, options)),
    );
}

function addChanges(program: Command, session: () => Session, done: Done): void {
  const changes: Readonly<Record<Change, string>> = {
    cancel: 'stop: nothing new starts, running tasks are told to stop',
    pause: 'nothing new starts, running tasks finish',
    resume: 'go on after a pause',
    retry: 'go on from the failed nodes; what succeeded stays',
  };
  for (const [verb, description] of Object.entries(changes)) {
    const command = program.command(verb).description(description).argument('<ids...>', 'of executions');
    if (verb === 'cancel') command.option('--reason <text>', 'kept in the journal');
    command.action(async (ids: string[], options: { reason?: string }) =>
      done(await change(session(), verb as Change, ids, options)),
    );
  }
}

function addDeadLetterCommands(program: Command, session: () => Session, done: Done): void {
  const dlq = program.command('dlq').description('tasks that failed for good: the dead letters');
  dlq
    .command('list')
    .description('newest first')
    .option('--limit <count>', 'at most', wholeNumber, 20)
    .action(async (options: { limit: number }) => done(await listDeadLetters(session(), options)));
  dlq
    .command('show')
    .description('error, resolved config, attempts and logs')
    .argument('<id>', 'of the dead letter')
    .action(async (id: string) => done(await showDeadLetter(session(), id)));
  dlq
    .command('retry')
    .description('try again; the execution goes on from there')
    .argument('[ids...]', 'of dead letters')
    .option('--all', 'all there are')
    .action(async (ids: string[], options: { all?: boolean }) =>
      done(await retryDeadLetters(session(), ids, options.all === true)),
    );
  dlq
    .command('discard')
    .description('let them be: their executions stay as they ended')
    .argument('<ids...>', 'of dead letters')
    .action(async (ids: string[]) => done(await discardDeadLetters(session(), ids)));
}

/** In any case: people copy them from what they see. */
function statuses(text: string, before: readonly ExecutionStatus[] = []): readonly ExecutionStatus[] {
  const found = EXECUTION_STATUSES.find((each) => each === text.toUpperCase());
  if (found !== undefined) return [...before, found];
  throw new InvalidArgumentError(`Allowed choices are ${EXECUTION_STATUSES.join(', ').toLowerCase()}.`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1,000.');
}
