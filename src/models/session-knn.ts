import type { ItemTable } from '../stores/item-table.ts';
import { isDense } from './click-density.ts';
import { type ItemCodes, matchItems } from './item-codes.ts';
import {
  latestSessions,
  readSessions,
  type SessionKnnOptions,
  sessionKnnSchema,
  writeSessions,
} from './kept-sessions.ts';
import { latestClicks } from './latest-clicks.ts';
import type { Model, ModelKind, ModelQuery, ModelStamp } from './model.ts';
import { optionsParser } from './parse-options.ts';
import { createListedRetrieval } from './retrieve-listed.ts';
import { foldInSessions } from './session-knn-fold-in.ts';
import { createMatching } from './session-matching.ts';
import { createVoting, type Voting } from './session-voting.ts';

/**
 * Session nearest neighbours, aware of sequence (V-SKNN, Ludewig & Jannach 2018; STAN, Garg et al. 2019), in two ways.
 * Where items have many clicks, past occurrences of the last click are the neighbours: one with the same clicks before
 * it, near in position, has more votes, which go to what came after it; when the last click has too few, the clicks
 * before it bring theirs. Where clicks are sparse, past sessions with any of the clicks are the neighbours, and vote for
 * all their items, those near the newest click in common most. `similar` asks the same of the anchor alone. Nothing is
 * trained: the payload is the sessions.
 */
export const sessionKnn: ModelKind<SessionKnnOptions> = {
  kind: 'session-knn',
  learns: true,
  defaults: sessionKnnSchema.parse({}),
  parseOptions: optionsParser('session-knn', sessionKnnSchema),
  searchSpace: {
    match: { choices: ['click', 'session'] },
    neighbours: { scale: 'log', min: 50, max: 2000, int: true },
    matchDecay: { scale: 'linear', min: 0.3, max: 0.9 },
    distanceDecay: { scale: 'linear', min: 0.4, max: 1 },
    rarity: { scale: 'log', min: 0.5, max: 20 },
    oldestWeight: { scale: 'log', min: 0.03, max: 1 },
    positionDecay: { scale: 'linear', min: 0.5, max: 1 },
    sharpness: { scale: 'linear', min: 0, max: 4 },
    aheadDecay: { scale: 'linear', min: 0.2, max: 0.9 },
  },
  fit(interactions, options, progress) {
    const kept = latestSessions(interactions, options.sessions);
    progress(1, `${kept.offsets.length - 1} sessions`);
    return writeSessions({ ids: interactions.items, rules: options, ...kept });
  },
  foldIn: foldInSessions,
  load(payload, stamp, table): Model {
    const { ids, rules, offsets, codes } = readSessions(payload);
    const sessions = { offsets, codes, items: ids.length };
    const isByClick =
      rules.match === 'click' || (rules.match === 'auto' && isDense(sessions, rules.neighbours));
    const voting = isByClick ? createVoting(sessions, rules) : createMatching(sessions, rules);
    return serve(voting, { items: matchItems(ids, table), table, stamp });
  },
};

interface Serving {
  readonly items: ItemCodes;
  readonly table: ItemTable;
  readonly stamp: ModelStamp;
}

function serve(voting: Voting, { items, table, stamp }: Serving): Model {
  const { votes, voted } = voting;
  const clicks = new Int32Array(50);
  const retrieveVoted = createListedRetrieval({ scores: votes, listed: voted }, items, table);
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
      retrieveVoted(voting.count(), query, { limit, hits });
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
