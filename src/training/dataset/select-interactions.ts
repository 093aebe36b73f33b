import type { Interactions, Reads } from '../../models/model.ts';
import { ledgerBefore } from './ledger-before.ts';
import { sharedFloat32, sharedFloat64, sharedInt32, sharedUint32 } from './shared-columns.ts';

/** What of interactions is kept, by row. */
export interface Selection {
  event(event: number): boolean;
  /** Absent keeps no reads. */
  read?: ((row: number) => boolean) | undefined;
  /** Epoch milliseconds before which all of it is; absent keeps no ledger, which nothing else can cut. */
  cutMs?: number | undefined;
}

/**
 * Takes some events out of interactions as interactions of their own: sessions without events, and items and users that
 * do not occur, are gone, so that nothing tells of what was not taken. Attributes stay: they are facts of the
 * catalogue, not of what happened. The columns are shared memory. O(events + items + users).
 *
 * @example selectInteractions(all, { event: (at) => all.atMs[at] < cutMs }).items // those met before the cut
 */
export function selectInteractions(whole: Interactions, selection: Selection): Interactions {
  const { ledger } = whole;
  const { cutMs } = selection;
  const { items, offsets, codes, atMs, weights, users, userOf, reads } = whole;
  const kept: number[] = [];
  const sessions: number[] = [];
  const ends: number[] = [];
  for (let session = 0; session + 1 < offsets.length; session++) {
    const before = kept.length;
    for (let at = offsets[session]; at < offsets[session + 1]; at++)
      if (selection.event(at)) kept.push(at);
    if (kept.length === before) continue;
    sessions.push(session);
    ends.push(kept.length);
  }
  const part = {
    offsets: fill(sharedUint32(ends.length + 1), (s) => (s === 0 ? 0 : ends[s - 1])),
    codes: fill(sharedUint32(kept.length), (i) => codes[kept[i]]),
    atMs: fill(sharedFloat64(kept.length), (i) => atMs[kept[i]]),
  };
  const itemCodes = renumber(part.codes, items);
  const sessionUsers = userOf && fill(sharedInt32(sessions.length), (s) => userOf[sessions[s]]);
  const userCodes = users && sessionUsers && renumber(sessionUsers, users, { sorted: false });
  const codeOf = userCodes && { users: userCodes.codeOf, items: itemCodes.codeOf };
  const left = reads && selection.read && codeOf && selectReads(reads, selection.read, codeOf);
  return {
    ...part,
    items: itemCodes.names,
    ...(weights && { weights: fill(sharedFloat32(kept.length), (i) => weights[kept[i]]) }),
    ...(userCodes &&
      userCodes.names.length > 0 && { users: userCodes.names, userOf: sessionUsers }),
    ...(whole.itemAttributes && { itemAttributes: whole.itemAttributes }),
    ...(whole.userAttributes && { userAttributes: whole.userAttributes }),
    ...(left && left.items.length > 0 && { reads: left }),
    ...(ledger && cutMs !== undefined && { ledger: ledgerBefore(ledger, cutMs) }),
  };
}

/** Reads whose user and item occur, in new codes. */
function selectReads(
  reads: Reads,
  isKept: (row: number) => boolean,
  codeOf: { readonly users: Int32Array; readonly items: Int32Array },
): Reads {
  const rows: number[] = [];
  for (let row = 0; row < reads.items.length; row++) {
    const occurs = codeOf.users[reads.users[row]] >= 0 && codeOf.items[reads.items[row]] >= 0;
    if (occurs && isKept(row)) rows.push(row);
  }
  return {
    users: fill(sharedUint32(rows.length), (i) => codeOf.users[reads.users[rows[i]]]),
    items: fill(sharedUint32(rows.length), (i) => codeOf.items[reads.items[rows[i]]]),
    atMs: fill(sharedFloat64(rows.length), (i) => reads.atMs[rows[i]]),
  };
}

/** Writes a column. */
export function fill<Column extends Uint32Array | Int32Array | Float32Array | Float64Array>(
  column: Column,
  valueAt: (i: number) => number,
): Column {
  for (let i = 0; i < column.length; i++) column[i] = valueAt(i);
  return column;
}

/** Codes that occur. */
export interface Renumbered {
  /** Names by new code. */
  readonly names: readonly string[];
  /** The new code of each former one, -1 for those that do not occur. */
  readonly codeOf: Int32Array;
}

/**
 * Numbers the codes that occur anew, in place, in order of their names, or of the former codes where `sorted` is false;
 * negative codes stay. O(codes + names · log names).
 */
export function renumber(
  codes: Uint32Array | Int32Array,
  names: readonly string[],
  { sorted = true }: { sorted?: boolean } = {},
): Renumbered {
  const occurs = new Uint8Array(names.length);
  for (const code of codes) if (code >= 0) occurs[code] = 1;
  const order = names.map((_, code) => code).filter((code) => occurs[code] === 1);
  if (sorted) order.sort((a, b) => (names[a] < names[b] ? -1 : 1));
  const codeOf = new Int32Array(names.length).fill(-1);
  for (const [number, code] of order.entries()) codeOf[code] = number;
  for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) codes[i] = codeOf[codes[i]];
  return { names: order.map((code) => names[code]), codeOf };
}
