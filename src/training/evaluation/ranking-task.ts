import type { SparseMatrix } from '../../math/sparse.ts';
import type { Interactions } from '../../models/model.ts';
import { userItems } from '../../models/user-items.ts';
import type { RankingTask } from './ranking.ts';

/** The users of `after`: what they had before, and what they took up since and did not have before. */
export function rankingTask(before: Interactions, after: Interactions): RankingTask {
  const [had, took] = [userItems(before), userItems(after)];
  const items = [...new Set([...before.items, ...after.items])];
  const codeOf = new Map(items.map((id, code) => [id, code]));
  const rowOf = new Map(had.users.map((user, row) => [user, row]));
  const users = took.users;
  const rowsOf = (
    from: SparseMatrix,
    ids: readonly string[],
    { rows, without }: { rows: readonly number[]; without?: SparseMatrix },
  ) => {
    const offsets = new Uint32Array(rows.length + 1);
    const codes: number[] = [];
    for (const [i, row] of rows.entries()) {
      const own = row < 0 ? [] : from.codes.subarray(from.offsets[row], from.offsets[row + 1]);
      const not = new Set(without?.codes.subarray(without.offsets[i], without.offsets[i + 1]));
      const mapped = Array.from(own, (code) => codeOf.get(ids[code])!);
      codes.push(...mapped.filter((code) => !not.has(code)).sort((a, b) => a - b));
      offsets[i + 1] = codes.length;
    }
    const values = new Float32Array(codes.length).fill(1);
    return {
      rows: rows.length,
      columns: items.length,
      offsets,
      codes: Uint32Array.from(codes),
      values,
    };
  };
  const same = users.map((user) => (user === undefined ? -1 : (rowOf.get(user) ?? -1)));
  const known = rowsOf(had, before.items, { rows: same });
  const all = users.map((_, row) => row);
  const history = inOrderOfTime(known, same, { before, codeOf });
  const wanted = rowsOf(took, after.items, { rows: all, without: known });
  return { users, items, known, history, wanted };
}

/** Codes of each row by the last time that the user had the item; `rows` are the users' codes before, -1 for nobody. */
function inOrderOfTime(
  known: SparseMatrix,
  rows: readonly number[],
  { before, codeOf }: { before: Interactions; codeOf: ReadonlyMap<string, number> },
): Uint32Array {
  const { items, offsets, codes, atMs, users = [], userOf } = before;
  const sessionsOf: number[][] = users.map(() => []);
  for (let session = 0; session + 1 < offsets.length; session++)
    if (userOf !== undefined && userOf[session] >= 0) sessionsOf[userOf[session]].push(session);
  const ordered = known.codes.slice();
  for (const [i, row] of rows.entries()) {
    const lastMs = new Map<number, number>();
    for (const session of sessionsOf[row] ?? [])
      for (let at = offsets[session]; at < offsets[session + 1]; at++) {
        const code = codeOf.get(items[codes[at]])!;
        lastMs.set(code, Math.max(lastMs.get(code) ?? atMs[at], atMs[at]));
      }
    ordered
      .subarray(known.offsets[i], known.offsets[i + 1])
      .sort((a, b) => lastMs.get(a)! - lastMs.get(b)! || a - b);
  }
  return ordered;
}
