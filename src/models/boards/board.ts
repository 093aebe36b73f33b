import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import { isInScope } from '../../stores/item-scope.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { matchItems } from '../item-codes.ts';
import type { Model, ModelKind, ModelQuery } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import { compileExpression, expressionSchema } from './board-expression.ts';
import { keepListed } from './keep-listed.ts';
import { type ScoredItems, scoreItems } from './score-items.ts';

const schema = z.strictObject({
  score: expressionSchema('number')
    .default('len(feedback)')
    .describe(
      'What an item scores, an expression over `item` and `feedback`: `count(feedback, .FeedbackType == "purchase")`',
    ),
  filter: expressionSchema('bool')
    .optional()
    .describe(
      'Which items are on it, an expression: `(now() - item.Timestamp).Hours() < 168`; without it all are',
    ),
  size: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('Items on it, and as many of each category and of each catalogue'),
});

type BoardOptions = z.output<typeof schema>;

/**
 * A board that whoever runs the shop writes as an expression, as Gorse's non-personalized recommenders: the same for
 * everybody, best first. It goes by all feedback and all items as they were when it was fitted. Scores are ranks: 1 for
 * the best, falling evenly, the same for equal ones; `rawScore` is what the expression gave, which may be below 0.
 * Fit O(events + items · log items), a query O(items listed).
 */
export const board: ModelKind<BoardOptions> = {
  kind: 'board',
  learns: false,
  readsLedger: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('board', schema),
  fit({ ledger }, { score, filter, size }, progress) {
    if (ledger === undefined) throw noLedger();
    const expressions = {
      score: compileExpression(score, 'number'),
      filter: filter === undefined ? undefined : compileExpression(filter, 'bool'),
    };
    const asked = scoreItems(ledger, expressions, (done) => progress(done * 0.9, 'items'));
    const listed = keepListed(asked.scored, size);
    progress(1, describe(listed.length, asked));
    return new PayloadWriter()
      .json(listed.map(({ item }) => item.id))
      .array(Float64Array.from(listed, (one) => one.score))
      .count(size)
      .bytes();
  },
  load(payload, stamp, table): Model {
    const reader = new PayloadReader(payload);
    const ids = reader.ids('items');
    const raw = reader.float64('scores', ids.length);
    const size = reader.count('size');
    reader.end();
    const { listed, scores, rawScores } = arrange(ids, raw, table);
    return {
      ...stamp,
      retrieve(query, limit, hits) {
        const room = Math.min(limit, size, hits.items.length);
        hits.count = 0;
        for (let i = 0; i < listed.length && hits.count < room; i++) {
          const item = listed[i];
          if (!isAsked(query, table, item)) continue;
          hits.items[hits.count] = item;
          hits.scores[hits.count++] = scores[item];
        }
      },
      score(_query, items, count, into) {
        for (let i = 0; i < count; i++) into[i] = scores[items[i]] ?? 0;
      },
      rawScore: (item) => (scores[item] > 0 ? rawScores[item] : undefined),
    };
  },
};

function isAsked({ scope }: ModelQuery, table: ItemTable, item: number): boolean {
  return table.hidden[item] === 0 && (scope === undefined || isInScope(table, scope, item));
}

interface Arranged {
  /** Dense indices, best first. */
  readonly listed: readonly number[];
  /** By dense index; 0 for items that are not listed. */
  readonly scores: Float32Array;
  readonly rawScores: Float64Array;
}

function arrange(ids: readonly string[], raw: Float64Array, table: ItemTable): Arranged {
  const { denseOf, size } = matchItems(ids, table);
  const scores = new Float32Array(size);
  const rawScores = new Float64Array(size);
  const levels = raw.reduce((count, score, i) => count + (score === raw[i - 1] ? 0 : 1), 0);
  const listed: number[] = [];
  let level = 0;
  for (let i = 0; i < raw.length; i++) {
    if (i > 0 && raw[i] !== raw[i - 1]) level += 1;
    const item = denseOf[i];
    if (item < 0 || scores[item] > 0) continue;
    scores[item] = 1 - level / levels;
    rawScores[item] = raw[i];
    listed.push(item);
  }
  return { listed, scores, rawScores };
}

function describe(listed: number, { failed, firstFailure }: ScoredItems): string {
  const items = `${listed} items listed`;
  return failed === 0 ? items : `${items}, ${failed} without a score: ${firstFailure}`;
}

function noLedger(): SightlineError {
  const message =
    'board goes by all feedback that is kept, got sessions alone: data are to be split at an instant';
  return new SightlineError('SL_TRAINING_FAILED', message);
}
