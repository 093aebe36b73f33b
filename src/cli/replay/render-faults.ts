import type { FalseAlarm, FaultReport, FaultVerdict } from './judge-faults.ts';

const heading = ['fault', 'when', 'found', 'after', 'first cause named', 'right', 'resolved'];

/**
 * What became of the faults of a script, as a table for people.
 *
 * @example renderFaults(report) // '  fault      when       found  after ...'
 */
export function renderFaults({ faults, false_alarms }: FaultReport): string {
  const rows = [heading, ...faults.map(rowOf)];
  const widths = heading.map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const lines = rows.map((row) => row.map((cell, c) => cell.padEnd(widths[c])).join('  '));
  const alarms = false_alarms.length === 0 ? 'none' : false_alarms.map(alarmText).join(', ');
  return [...lines, `alarms while nothing was broken: ${alarms}`]
    .map((line) => `  ${line.trimEnd()}\n`)
    .join('');
}

function rowOf(verdict: FaultVerdict): string[] {
  const { fault, at_seconds: at, found, measure, seconds, ticks, fired } = verdict;
  return [
    fault,
    `${at}-${at + verdict.for_seconds} s`,
    found ? `${measure}` : `no${fired.length === 0 ? '' : `, but ${fired.join(', ')}`}`,
    seconds === null ? '' : `${seconds} s, ${ticks} ${ticks === 1 ? 'tick' : 'ticks'}`,
    found ? causeText(verdict.cause) : '',
    yesOrNo(verdict.right_cause),
    yesOrNo(verdict.resolved),
  ];
}

const yesOrNo = (value: boolean | null) => (value === null ? '' : value ? 'yes' : 'no');

const alarmText = ({ measure, cause }: FalseAlarm) => `${measure} (${causeText(cause)})`;

function causeText(cause: Readonly<Record<string, string>> | null): string {
  if (cause === null) return 'none named';
  const pairs = Object.entries(cause).map(([label, value]) => `${label}=${value}`);
  return pairs.length === 0 ? 'all traffic' : pairs.join(' ');
}
