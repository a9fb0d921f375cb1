// What processes use, as Linux tells it in /proc (proc(5)). Elsewhere nothing is told.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export const isKnown = existsSync('/proc/self/stat');

/**
 * @typedef {object} Cost
 * @property {number} cpuMs of the process and all of its children, so far
 * @property {number} peakMb what it held at most so far, without its children
 */

/** @returns {Cost | undefined} undefined when there is no such process */
export function costOf(pid) {
  const family = [pid, ...childrenOf(pid)].map(statOf).filter((stat) => stat !== undefined);
  if (family.length === 0) return undefined;
  return {
    cpuMs: family.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    peakMb: memoryMb(pid, 'VmHWM'),
  };
}

/** @param {Record<string, number>} processes @returns {Record<string, Cost>} by role; empty elsewhere than on Linux */
export function costs(processes) {
  if (!isKnown) return {};
  const known = Object.entries(processes).map(([role, pid]) => [role, costOf(pid)]);
  return Object.fromEntries(known.filter(([, cost]) => cost !== undefined));
}

/** What a process holds now, without its children. @returns {number} NaN elsewhere than on Linux */
export function heldMb(pid) {
  return isKnown ? memoryMb(pid, 'VmRSS') : NaN;
}

/** Of this process, without those it has started. @returns {Cost} */
export function ownCost() {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 };
}

/** What was used between two looks. */
export function costBetween(before, after) {
  return Object.fromEntries(
    Object.entries(after).map(([role, { cpuMs, peakMb }]) => [
      role,
      { cpuMs: cpuMs - (before[role]?.cpuMs ?? 0), peakMb },
    ]),
  );
}

/** @param {'VmRSS' | 'VmHWM'} what now, or at most so far */
function memoryMb(pid, what) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
}

function childrenOf(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

function statOf(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // User and system time, own and of children that have ended: fields 14 to 17 of the page.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parent: Number(fields[1]), cpuMs: (ticks * 1000) / TICKS_PER_SECOND };
}
