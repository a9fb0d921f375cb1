import { readFile } from 'node:fs/promises';

import type { JsonObject } from '@workflow-engine/contracts';
import { syntaxFault } from '@workflow-engine/json-source';

import { locateSyntaxFault } from './check/diagnostics';
import { harmless } from './paint';
import { Failure, type Terminal } from './terminal';

/** A file's text; `-` is standard input. */
export async function readSource(file: string, terminal: Terminal): Promise<string> {
  if (file === '-') return terminal.readStdin();
  try {
    return withoutByteOrderMark(await readFile(file, 'utf8'));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new Failure(`There is no file ${file}.`, 'Check the path; "-" reads standard input.');
    if (code === 'EISDIR') throw new Failure(`${file} is a folder.`, 'Name a JSON file in it.');
    throw new Failure(`${file} cannot be read (${code}).`, 'Check its permissions.');
  }
}

/** `--input`: JSON, `@file`, or `-` for standard input. */
export async function readInput(
  value: string | undefined,
  terminal: Terminal,
): Promise<JsonObject | undefined> {
  if (value === undefined) return undefined;
  const file = value === '-' ? '-' : value.startsWith('@') ? value.slice(1) : undefined;
  const text = file === undefined ? value : await readSource(file, terminal);
  const fault = syntaxFault(text);
  if (fault !== undefined && file !== undefined) {
    const { line, column } = locateSyntaxFault(text, fault);
    throw new Failure(
      `--input is not valid JSON: ${harmless(file)}:${line}:${column}: ${fault.message}.`,
      'Mend it there; it must hold one JSON object, such as {"n": 1}.',
    );
  }
  if (fault !== undefined) {
    throw new Failure(
      `--input is not valid JSON: ${fault.message} (character ${fault.from + 1}).`,
      `Quote it for the shell, --input '{"n": 1}', or read a file: --input @input.json`,
    );
  }
  const input = JSON.parse(text) as unknown;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Failure('--input must be a JSON object.', `For example: --input '{"n": 1}'`);
  }
  return input as JsonObject;
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
