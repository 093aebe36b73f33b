import { z } from 'zod';
import { type ItemCodes, matchItems } from './item-codes.ts';
import { latestClicks } from './latest-clicks.ts';
import type { Interactions, Model, ModelKind, ModelQuery, ModelStamp } from './model.ts';
import { optionsParser } from './parse-options.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';
import { createListedRetrieval } from './retrieve-listed.ts';
import { createVoting, type Voting } from './session-voting.ts';

const schema = z.strictObject({
  /** Past occurrences of the last click that vote, the most recent ones. */
  neighbours: z.int().min(1).max(10_000).default(500),
  /** Clicks before the anchor that are compared. */
  window: z.int().min(1).max(50).default(8),
  /** Factor for each click further back, in either session, when they are compared. */
  positionDecay: z.number().min(0).max(1).default(0.8),
  /** A neighbour's vote is e^(sharpness · similarity). */
  sharpness: z.number().min(0).max(10).default(1.5),
  /** Clicks after the anchor that a neighbour votes for. */
  ahead: z.int().min(1).max(50).default(4),
  /** Factor of the vote for each click further ahead. */
  aheadDecay: z.number().min(0).max(1).default(0.5),
  /** Sessions that are kept, the most recent ones. */
  sessions: z.int().min(1).max(10_000_000).default(500_000),
});

type SessionKnnOptions = z.output<typeof schema>;

/**
 * Session nearest neighbours, aware of sequence (V-SKNN, Ludewig & Jannach 2018; STAN, Garg et al. 2019). Past
 * occurrences of the last click are the neighbours. One with the same clicks before it, near in position, has more
 * votes; its votes go to what came after it. When the last click has too few, the clicks before it bring theirs.
 * `similar` asks the same of the anchor alone. Nothing is trained: the payload is the sessions.
 */
export const sessionKnn: ModelKind<SessionKnnOptions> = {
  kind: 'session-knn',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('session-knn', schema),
  fit(interactions, options, progress) {
    const { offsets, codes } = latestSessions(interactions, options.sessions);
    progress(1, `${offsets.length - 1} sessions`);
    const writer = new PayloadWriter().json(interactions.items).json(options);
    return writer
      .count(offsets.length - 1)
      .array(offsets)
      .array(codes)
      .bytes();
  },
  load(payload, stamp, table): Model {
    const reader = new PayloadReader(payload);
    const ids = reader.ids('items');
    const rules = reader.json('options', schema);
    const offsets = reader.offsets('session starts', reader.count('sessions'));
    const codes = reader.uint32('clicks', {
      length: offsets[offsets.length - 1],
      below: ids.length,
    });
    reader.end();
    const voting = createVoting({ offsets, codes, items: ids.length }, rules);
    return serve(voting, matchItems(ids, table), stamp);
  },
};

/** The last `limit` sessions that have a click after another. */
function latestSessions(
  { offsets, codes }: Interactions,
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

function serve(voting: Voting, items: ItemCodes, stamp: ModelStamp): Model {
  const { votes, voted } = voting;
  const clicks = new Int32Array(50);
  const retrieveVoted = createListedRetrieval({ scores: votes, listed: voted }, items);
  const anchorOnly = { anchor: -1, recent: new Int32Array(0) };
  let castFor: number | undefined;
  /** Retrieval and scoring of one request share a cast. */
  const cast = (query: ModelQuery): void => {
    if (query.serial !== undefined && query.serial === castFor) return;
    castFor = query.serial;
    voting.clear();
    anchorOnly.anchor = query.anchor;
    const about = query.purpose === 'similar' ? anchorOnly : query;
    voting.cast(clicks, latestClicks(about, items, clicks));
  };
  return {
    ...stamp,
    retrieve(query, limit, hits) {
      cast(query);
      retrieveVoted(voting.count(), limit, hits);
    },
    score(query, list, count, scores) {
      cast(query);
      for (let i = 0; i < count; i++) {
        const code = items.codeOf(list[i]);
        scores[i] = code < 0 ? 0 : votes[code];
      }
    },
  };
}
