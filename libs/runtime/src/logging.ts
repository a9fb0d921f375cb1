import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, pino } from 'pino';

/** Injection token of the process's {@link Logger}. */
export const LOGGER = Symbol('LOGGER');

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Structured logging: fields first, then one sentence. An `err` field is written with its stack. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger that adds these fields to every line. */
  child(fields: Record<string, unknown>): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Which app or role is speaking; the `name` of every line. */
  readonly name: string;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** One JSON line per entry. Errors are reduced to type, message, code and stack, however large they are. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    serializers: { err: describeError },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

const stackLimit = 8_192;

/** Faults may carry whole documents as properties; a log line must not. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error).slice(0, stackLimit) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause instanceof Error ? { cause: describeCause(error.cause) } : {};
  return {
    type: error.name,
    message: error.message.slice(0, stackLimit),
    stack: error.stack?.slice(0, stackLimit),
    ...code,
    ...cause,
  };
}

/** One level only: chains of causes can be circular. */
function describeCause(cause: Error): object {
  return { type: cause.name, message: cause.message.slice(0, stackLimit) };
}

/** Lets Nest's own messages end up in the structured log; its start-up chatter is demoted to `debug`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(contextOf(rest), textOf(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const fields = message instanceof Error ? { err: message, ...contextOf(rest) } : contextOf(rest);
    this.logger.error(fields, textOf(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(contextOf(rest), textOf(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(contextOf(rest), textOf(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(contextOf(rest), textOf(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

/** Nest passes the class that speaks as the last argument and, for errors, a stack before it. */
function contextOf(rest: readonly unknown[]): object {
  const texts = rest.filter((value) => typeof value === 'string');
  const context = texts.at(-1);
  if (context === undefined) return {};
  return texts.length > 1 ? { context, stack: texts[0] } : { context };
}

function textOf(message: unknown): string {
  return message instanceof Error ? message.message : String(message);
}
