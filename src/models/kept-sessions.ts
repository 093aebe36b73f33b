import { z } from 'zod';
import type { Interactions } from './model.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

/** The options of `session-knn`. */
export const sessionKnnSchema = z.strictObject({
  match: z
    .enum(['auto', 'click', 'session'])
    .default('auto')
    .describe(
      'What is looked for in the past: `click`, the last click, told apart by the clicks before it; `session`, sessions with any of the clicks. `auto` is `click` where most clicks are on items with `neighbours` clicks or more',
    ),
  neighbours: z
    .int()
    .min(1)
    .max(10_000)
    .default(500)
    .describe('Past occurrences of the last click, or past sessions, that vote'),
  window: z
    .int()
    .min(1)
    .max(50)
    .default(8)
    .describe('Clicks before the anchor that are compared; clicks of the session that are matched'),
  matchDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe(
      '`session`: weight of each click further back in the session, when sessions are matched',
    ),
  distanceDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.75)
    .describe('`session`: factor of the vote for each click away from the newest one in common'),
  rarity: z
    .number()
    .min(0)
    .max(100)
    .default(5)
    .describe(
      '`session`: the rarest item gets 1 + this times the votes of one that all sessions have',
    ),
  oldestWeight: z
    .number()
    .min(1e-6)
    .max(1)
    .default(0.15)
    .describe(
      '`session`: weight of the oldest session; the newest has 1, between them it grows by equal factors',
    ),
  positionDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe(
      '`click`: factor for each click further back, in either session, when they are compared',
    ),
  sharpness: z
    .number()
    .min(0)
    .max(10)
    .default(1.5)
    .describe("`click`: a neighbour's vote is e^(sharpness · similarity)"),
  ahead: z
    .int()
    .min(1)
    .max(50)
    .default(4)
    .describe('`click`: clicks after the anchor that a neighbour votes for'),
  aheadDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('`click`: factor of the vote for each click further ahead'),
  sessions: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(500_000)
    .describe('Sessions that are kept, the most recent ones'),
});

export type SessionKnnOptions = z.output<typeof sessionKnnSchema>;

/** What the payload of a `session-knn` holds. */
export interface KeptSessions extends Pick<Interactions, 'offsets' | 'codes'> {
  readonly ids: readonly string[];
  readonly rules: SessionKnnOptions;
}

/** Makes a payload. */
export function writeSessions({ ids, rules, offsets, codes }: KeptSessions): Uint8Array {
  const writer = new PayloadWriter().json(ids).json(rules);
  return writer
    .count(offsets.length - 1)
    .array(offsets)
    .array(codes)
    .bytes();
}

/** Reads a payload. Throws `SL_MODEL_CORRUPT`. */
export function readSessions(payload: Uint8Array): KeptSessions {
  const reader = new PayloadReader(payload);
  const ids = reader.ids('items');
  const rules = reader.json('options', sessionKnnSchema);
  const offsets = reader.offsets('session starts', reader.count('sessions'));
  const codes = reader.uint32('clicks', {
    length: offsets[offsets.length - 1],
    below: ids.length,
  });
  reader.end();
  return { ids, rules, offsets, codes };
}

/** The last `limit` sessions that have a click after another. */
export function latestSessions(
  { offsets, codes }: Pick<Interactions, 'offsets' | 'codes'>,
  limit: number,
): Pick<Interactions, 'offsets' | 'codes'> {
  const kept: number[] = [];
  for (let session = offsets.length - 2; session >= 0 && kept.length < limit; session--)
    if (offsets[session + 1] - offsets[session] >= 2) kept.push(session);
  kept.reverse();
  const starts = new Uint32Array(kept.length + 1);
  for (const [i, session] of kept.entries())
    starts[i + 1] = starts[i] + offsets[session + 1] - offsets[session];
  const clicks = new Uint32Array(starts[kept.length]);
  for (const [i, session] of kept.entries())
    clicks.set(codes.subarray(offsets[session], offsets[session + 1]), starts[i]);
  return { offsets: starts, codes: clicks };
}
