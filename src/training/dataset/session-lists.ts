import type { Interactions } from '../../models/model.ts';
import { createInteractionBuilder } from './dataset.ts';
import type { SkippedRow } from './dataset-reader.ts';
import { readLines } from './read-lines.ts';
import { createRowReport, type RowProblem } from './row-report.ts';

/** The items that a session clicked before a click, oldest first, and that click. */
export interface PrefixTarget {
  readonly prefix: readonly string[];
  readonly target: string;
}

/** Rows of a file, and what was passed over. */
export interface SessionRows<Row> {
  readonly rows: readonly Row[];
  readonly skipped: number;
  /** How often each kind of reason was met. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first 20 rows passed over. */
  readonly examples: readonly SkippedRow[];
}

/** More clicks in one line are no session. */
const maxClicks = 10_000;

/**
 * Reads sessions, oldest first: a line each, `item item ...`. Empty lines say nothing; longer sessions than 10,000
 * clicks are passed over. Throws `SL_DATA_INVALID` when the file cannot be read.
 *
 * @example (await readSessionLists('train_sessions.txt.gz')).rows // [['1', '2'], ['3', '4', '5'], ...]
 */
export function readSessionLists(path: string): Promise<SessionRows<readonly string[]>> {
  return readRows(path, clicksOf);
}

/**
 * Reads prefixes with their targets: a line each, `item item ...`, a tab, `item`. Lines of another form are passed over.
 * Throws `SL_DATA_INVALID` when the file cannot be read.
 *
 * @example (await readPrefixTargets('test_prefix_target.txt.gz')).rows[0] // { prefix: ['1', '2'], target: '3' }
 */
export function readPrefixTargets(path: string): Promise<SessionRows<PrefixTarget>> {
  return readRows(path, (line) => {
    const [clicks, target, ...more] = line.split('\t').map((part) => part.trim());
    if (clicks === '' || target === undefined || target === '' || more.length > 0)
      return { kind: 'form', detail: 'no clicks, tab and target' };
    if (target.includes(' ')) return { kind: 'form', detail: 'more than one target' };
    const prefix = clicksOf(clicks);
    return isProblem(prefix) ? prefix : { prefix, target };
  });
}

/** Makes interactions of sessions, in their order: one begins each second, its clicks are milliseconds apart. */
export function interactionsOfSessions(sessions: readonly (readonly string[])[]): Interactions {
  const builder = createInteractionBuilder();
  for (const [s, clicks] of sessions.entries())
    for (const [click, item] of clicks.entries())
      builder.add({ item, session: String(s), atMs: 1000 * s + click });
  return builder.build();
}

/**
 * Every prefix of sessions with the click after it, those of items in `known` only: what a model could not know is
 * taken out of the sessions first.
 *
 * @example prefixTargetsOf([['a', 'x', 'b']], new Set(['a', 'b'])) // [{ prefix: ['a'], target: 'b' }]
 */
export function prefixTargetsOf(
  sessions: readonly (readonly string[])[],
  known: ReadonlySet<string>,
): readonly PrefixTarget[] {
  return sessions.flatMap((session) => {
    const clicks = session.filter((item) => known.has(item));
    return clicks.slice(1).map((target, at) => ({ prefix: clicks.slice(0, at + 1), target }));
  });
}

function clicksOf(line: string): readonly string[] | RowProblem {
  const clicks = line.split(' ').filter((word) => word !== '');
  if (clicks.length <= maxClicks) return clicks;
  return { kind: 'length', detail: `${clicks.length} clicks, expected ${maxClicks} at most` };
}

function isProblem(row: object): row is RowProblem {
  return 'kind' in row;
}

async function readRows<Row extends object>(
  path: string,
  parse: (line: string) => Row | RowProblem,
): Promise<SessionRows<Row>> {
  const report = createRowReport();
  const rows: Row[] = [];
  let number = 0;
  await readLines(path, (lines) => {
    for (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      const row = parse(line);
      if (isProblem(row)) report.skip(path, number, row);
      else rows.push(row);
    }
  });
  const { skipped, reasons, examples } = report.finish({ items: 0, users: 0, feedback: 0 });
  return { rows, skipped, reasons, examples };
}
