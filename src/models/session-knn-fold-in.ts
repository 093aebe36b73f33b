import { createFoldInWindow, findOccurrences } from './fold-in-window.ts';
import { latestSessions, readSessions, writeSessions } from './kept-sessions.ts';
import type { FoldedIn, Interactions } from './model.ts';

/**
 * Remembers the sessions in which new items occur, known and new items only, behind those that are kept. Items that
 * are known have their sessions from training and stay as they are.
 */
export function foldInSessions(
  payload: Uint8Array,
  items: readonly string[],
  interactions: Interactions,
): FoldedIn {
  const kept = readSessions(payload);
  const window = createFoldInWindow(kept.ids, items, interactions);
  const found = findOccurrences(window);
  const fresh = [...window.asked].filter(
    ([, code]) => code >= window.known && found.get(code)!.neighbours.length > 0,
  );
  if (fresh.length === 0) return { payload, learnt: [] };
  const codeOf = new Map(fresh.map(([, code], n) => [code, window.known + n]));
  const numbers = new Set(fresh.flatMap(([, code]) => found.get(code)!.sessions));
  const added = [...numbers].map((session) =>
    [...window.codes.subarray(window.offsets[session], window.offsets[session + 1])]
      .map((code) => (code < window.known ? code : (codeOf.get(code) ?? -1)))
      .filter((code) => code >= 0),
  );
  const joined = latestSessions(joinSessions(kept, added), kept.rules.sessions);
  const learnt = fresh.map(([id]) => id);
  return { payload: writeSessions({ ...kept, ids: [...kept.ids, ...learnt], ...joined }), learnt };
}

function joinSessions(
  { offsets, codes }: Pick<Interactions, 'offsets' | 'codes'>,
  added: readonly (readonly number[])[],
): Pick<Interactions, 'offsets' | 'codes'> {
  const starts = new Uint32Array(offsets.length + added.length);
  starts.set(offsets);
  for (const [s, { length }] of added.entries())
    starts[offsets.length + s] = starts[offsets.length + s - 1] + length;
  const clicks = new Uint32Array(starts[starts.length - 1]);
  clicks.set(codes);
  clicks.set(added.flat(), codes.length);
  return { offsets: starts, codes: clicks };
}
