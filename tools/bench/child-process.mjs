// A process of its own, whose output is kept for the case that it fails, and which does not outlive this one.
import { spawn } from 'node:child_process';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const OUTPUT_KEPT = 20_000;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/**
 * @typedef {object} ChildProcess
 * @property {string} role
 * @property {number} pid
 * @property {(pattern: RegExp) => Promise<RegExpExecArray>} printed when it prints that
 * @property {(command: string, args?: object) => Promise<any>} ask see `process-messages.mjs`
 * @property {(listener: (message: any) => void) => void} onNews in place of the one before
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string} role what it is called in reports
 * @param {{ file: string, args?: string[], env?: Record<string, string>, flags?: string[] }} program
 *   `flags`: of Node itself
 * @returns {ChildProcess}
 */
export function startProcess(role, { file, args = [], env = {}, flags = [] }) {
  const child = spawn(process.execPath, [...flags, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
      ...env,
    },
  });
  running.add(child);
  let output = '';
  let over = false;
  const asked = new Map();
  let listener = () => undefined;
  const exited = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      running.delete(child);
      resolve();
      const why = new Error(`the ${role} ended (${signal ?? `exit code ${code}`}):\n${output}`);
      for (const { reject } of asked.values()) reject(why);
      asked.clear();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output = (output + chunk).slice(-OUTPUT_KEPT);
      child.emit('printed');
    });
  }
  child.on('message', (message) => {
    const request = asked.get(message.id);
    if (request === undefined) return listener(message);
    asked.delete(message.id);
    if (message.error === undefined) request.resolve(message.result);
    else request.reject(new Error(`the ${role}: ${message.error}`));
  });
  let requests = 0;
  return {
    role,
    pid: child.pid,
    printed(pattern) {
      return new Promise((resolve, reject) => {
        const fail = (reason) => {
          clearTimeout(timer);
          reject(new Error(`the ${role} ${reason}:\n${output}`));
        };
        const timer = setTimeout(() => fail('did not start in time'), START_TIMEOUT_MS);
        const look = () => {
          const found = pattern.exec(output);
          if (found === null) return;
          child.off('printed', look);
          clearTimeout(timer);
          resolve(found);
        };
        child.on('printed', look);
        void exited.then(() => fail('ended'));
        look();
      });
    },
    ask(command, args) {
      if (over) return Promise.reject(new Error(`the ${role} has ended:\n${output}`));
      return new Promise((resolve, reject) => {
        const id = `${role} ${++requests}`;
        asked.set(id, { resolve, reject });
        child.send({ id, command, args });
      });
    },
    onNews(wanted) {
      listener = wanted;
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
