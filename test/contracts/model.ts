import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SightlineError } from '../../src/domain/errors.ts';
import { frameModel, readFrame } from '../../src/models/file.ts';
import { Hits, type Model, type ModelKind, type ModelQuery } from '../../src/models/model.ts';
import type { Dimension } from '../../src/models/search-space.ts';
import type { ItemTable } from '../../src/stores/item-table.ts';
import { createInteractionBuilder } from '../../src/training/dataset/dataset.ts';
import { learn, queryAfter, retrieved, scored } from '../models/ask.ts';
import { addItem, tableOf as plainTable, sessionsOf } from '../models/tiny-sessions.ts';

const letters = 'abcdefgh';
const sessions = () => sessionsOf('abcd', 'abdc', 'abc', 'efgh', 'efhg', 'aabbe', 'h', 'cdab');

/** Ids of any characters, times before 1970 and far ahead, an event twice. */
const strangeEvents: readonly (readonly [string, string, number])[] = [
  ['__proto__', 'constructor', -1e12],
  ['__proto__', '\u0000', 0],
  ['', '', 0],
  ['', '', 0],
  ['\u{1f6d2}', '"},{', 8e15],
  ['a b\n', ' ', 1e12],
  ['a b\n', 'x'.repeat(5000), 1e12],
  ['\u{1f6d2}', '\ud800', 8.64e15],
];

/**
 * What every kind of model must do, whatever it learns. `options` keep the fit small; kinds that learn nothing bring a
 * table whose items have what they look at.
 */
export function modelContract<Options>(
  kind: ModelKind<Options>,
  options: Partial<Options>,
  { tableOf = plainTable }: { tableOf?: (letters: string) => ItemTable } = {},
): void {
  const payloadOf = (interactions = sessions()) =>
    kind.fit(interactions, { ...kind.defaults, ...options }, () => {});
  const stamp = { kind: kind.kind, version: 'abcdefabcdef', trainedAtMs: 7 };
  const queries = (table = tableOf(letters)): ModelQuery[] =>
    ['', 'a', 'ab', 'abab', 'aaaa', 'hgfedcba', 'abcdefgh'.repeat(10)].flatMap((clicks) => [
      queryAfter(table, clicks),
      queryAfter(table, clicks, { purpose: 'similar' }),
      queryAfter(table, clicks, { anchor: 3 }),
    ]);

  describe(`model kind ${kind.kind}`, () => {
    test('fits the same bytes from the same sessions', () => {
      expect(payloadOf()).toEqual(payloadOf());
    });

    test('any number of threads learns the same bytes', () => {
      const bytesBy = (threads: number) =>
        kind.fit(sessions(), { ...kind.defaults, ...options }, () => {}, { threads });
      expect(bytesBy(2)).toEqual(bytesBy(1));
    });

    test('every option worth tuning is one that may be set, at both ends', () => {
      for (const [name, dimension] of Object.entries<Dimension | undefined>(
        kind.searchSpace ?? {},
      )) {
        if (dimension === undefined) continue;
        const values = 'choices' in dimension ? dimension.choices : [dimension.min, dimension.max];
        for (const value of values)
          expect(kind.parseOptions({ [name]: value })).toMatchObject({ [name]: value });
      }
    });

    test('explains what it retrieves by ways that end there, and nothing else', () => {
      const table = tableOf(`${letters}z`);
      const model = learn(kind, sessions(), table, options);
      for (const query of queries(table)) {
        const [best] = retrieved(model, query, { table });
        if (model.explain === undefined || best === undefined) continue;
        const paths = model.explain(query, table.indexOf(best[0]), 3);
        expect(paths.length).toBeLessThanOrEqual(3);
        for (const { nodes, share } of paths) {
          expect(nodes.at(-1)).toEqual({ type: 'item', id: best[0] });
          expect(share).toBeGreaterThan(0);
          expect(share).toBeLessThanOrEqual(1 + 1e-6);
        }
        expect(model.explain(query, table.indexOf('z'), 3)).toEqual([]);
      }
    });

    test('answers the same after a way through a model file', () => {
      const table = tableOf(letters);
      const payload = payloadOf();
      const frame = readFrame(frameModel({ kind: kind.kind, trainedAtMs: 7, payload }), 'a frame');
      const [one, other] = [payload, frame.payload].map((bytes) => kind.load(bytes, stamp, table));
      for (const query of queries()) {
        expect(scored(other, query, table)).toEqual(scored(one, query, table));
        expect(retrieved(other, query, { table })).toEqual(retrieved(one, query, { table }));
      }
    });

    test('says who it is', () => {
      expect(kind.load(payloadOf(), stamp, tableOf(letters))).toMatchObject(stamp);
    });

    test('scores are finite and not negative, and retrieval tells the best of them in order', () => {
      const table = tableOf(letters);
      const model = learn(kind, sessions(), table, options);
      for (const query of queries()) {
        const scores = Object.values(scored(model, query, table));
        expect(scores.every((score) => Number.isFinite(score) && score >= 0)).toBe(true);
        const hits = retrieved(model, query, { table });
        expect(hits.every(([, score]) => score >= 0)).toBe(true);
        expect(hits.map(([, score]) => score)).toEqual(
          hits.map(([, score]) => score).sort((a, b) => b - a),
        );
        expect(new Set(hits.map(([id]) => id)).size).toBe(hits.length);
      }
    });

    test('an item scores the same when it is retrieved and when it is asked about', () => {
      const table = tableOf(letters);
      const model = learn(kind, sessions(), table, options);
      for (const query of queries()) {
        const scores = scored(model, query, table);
        const hits = retrieved(model, query, { table, limit: letters.length });
        // What is compared is a share of the best, as both are only comparable inside one call.
        const best = Math.max(...Object.values(scores));
        for (const [id, score] of hits)
          expect(score / hits[0][1]).toBeCloseTo(scores[id] / best, 5);
      }
    });

    test('never writes more than asked, nor more than fits', () => {
      const table = tableOf(letters);
      const model = learn(kind, sessions(), table, options);
      for (const query of queries()) {
        for (const limit of [0, 1, 2, 5]) {
          const hits = new Hits(8);
          hits.items.fill(-7);
          model.retrieve(query, limit, hits);
          expect(hits.count).toBeLessThanOrEqual(limit);
        }
        const few = new Hits(2);
        model.retrieve(query, 100, few);
        expect(few.count).toBeLessThanOrEqual(2);
        const scores = new Float32Array(4).fill(-1);
        model.score(query, Int32Array.of(0, 1, 2, 3), 2, scores);
        expect([...scores.subarray(2)]).toEqual([-1, -1]);
      }
    });

    test('has no opinion on items it never saw, nor on indices that do not exist', () => {
      const table = tableOf(`${letters}z`);
      const model = learn(kind, sessions(), table, options);
      const late = addItem(table, 'later');
      if (!kind.learns) return;
      for (const query of queries(table)) {
        const scores = new Float32Array(5).fill(Number.NaN);
        const items = Int32Array.of(table.indexOf('z'), late, -1, 1e6, 0);
        model.score(query, items, 5, scores);
        expect([...scores.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
        expect(retrieved(model, query, { table }).map(([id]) => id)).not.toContain('z');
      }
    });

    test('goes on without items that the table no longer holds', () => {
      const table = tableOf('hgab');
      const model = kind.load(payloadOf(), stamp, table);
      for (const query of queries(table))
        for (const [id] of retrieved(model, query, { table })) expect('hgab').toContain(id);
    });

    test('a query of unknown items is a query of none', () => {
      const table = tableOf(`${letters}z`);
      const model = learn(kind, sessions(), table, options);
      expect(scored(model, queryAfter(table, 'zz'), table)).toEqual(
        scored(model, queryAfter(table, ''), table),
      );
    });

    test('learns nothing from nothing, and says so without failing', () => {
      const table = tableOf(letters);
      const model = kind.load(payloadOf(sessionsOf()), stamp, table);
      const taught = kind.load(payloadOf(), stamp, table);
      for (const query of queries()) {
        if (kind.readsLedger) {
          // Items without feedback are on record all the same.
          expect(retrieved(model, query, { table }).length).toBeLessThanOrEqual(letters.length);
          continue;
        }
        if (!kind.learns) {
          expect(retrieved(model, query, { table })).toEqual(retrieved(taught, query, { table }));
          expect(scored(model, query, table)).toEqual(scored(taught, query, table));
          continue;
        }
        expect(retrieved(model, query, { table })).toEqual([]);
        expect(Object.values(scored(model, query, table))).toEqual(
          [...letters].fill('').map(() => 0),
        );
      }
    });

    test('retrieves something after a session, and what it retrieves may be shown', () => {
      const table = tableOf(letters);
      const model = learn(kind, sessions(), table, options);
      const found = (purpose: ModelQuery['purpose']) =>
        retrieved(model, queryAfter(table, 'ab', { purpose }), { table });
      expect(found('next')).not.toEqual([]);
      expect(found('similar')).not.toEqual([]);
    });

    test.each([
      { what: 'one event', events: [['u', 'a', 0]] },
      { what: 'one user of one item, again and again', events: Array(9).fill(['u', 'a', 5]) },
      { what: 'one item of many users', events: [...'uvwxyz'].map((user) => [user, 'a', 3]) },
      { what: 'strange ids and times', events: strangeEvents },
    ] as { what: string; events: readonly (readonly [string, string, number])[] }[])(
      'learns from $what',
      ({ events }) => {
        const builder = createInteractionBuilder();
        for (const [user, item, atMs] of events) builder.add({ user, item, atMs });
        const table = tableOf('');
        for (const [, item] of events) addItem(table, item);
        const model = learn(kind, builder.build(), table, options);
        for (let anchor = 0; anchor < table.size; anchor++) {
          const query = { anchor, recent: Int32Array.of(anchor), nowMs: 0, user: events[0][0] };
          for (const purpose of ['next', 'similar'] as const) {
            const scores = Object.values(scored(model, { ...query, purpose }, table));
            expect(scores.every((score) => Number.isFinite(score) && score >= 0)).toBe(true);
            retrieved(model, { ...query, purpose }, { table });
          }
        }
      },
    );

    test('works with a table that is still empty', () => {
      const table = tableOf('');
      const model = kind.load(payloadOf(), stamp, table);
      expect(retrieved(model, queryAfter(table, ''), { table })).toEqual([]);
    });

    test('tells its progress, never falling, to the end', () => {
      const told: number[] = [];
      kind.fit(sessions(), { ...kind.defaults, ...options }, (done) => told.push(done));
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(told.at(-1)).toBe(1);
    });

    test('refuses a payload cut off at any tenth byte', () => {
      const payload = payloadOf();
      for (let length = 0; length < payload.length; length += 10)
        expect(codeOf(() => kind.load(payload.slice(0, length), stamp, tableOf('ab')))).toBe(
          'SL_MODEL_CORRUPT',
        );
      const longer = new Uint8Array(payload.length + 1);
      longer.set(payload);
      expect(codeOf(() => kind.load(longer, stamp, tableOf('ab')))).toBe('SL_MODEL_CORRUPT');
    });

    test('a payload with any tenth byte changed is refused or still answers in numbers', () => {
      const payload = payloadOf();
      const table = tableOf(letters);
      for (let at = 0; at < payload.length; at += 10) {
        const changed = payload.slice();
        changed[at] ^= 0xff;
        let model: Model;
        try {
          model = kind.load(changed, stamp, table);
        } catch (error) {
          expect(error).toBeInstanceOf(SightlineError);
          expect((error as SightlineError).code).toBe('SL_MODEL_CORRUPT');
          continue;
        }
        const scores = Object.values(scored(model, queryAfter(table, 'abc'), table));
        expect(scores.every(Number.isFinite)).toBe(true);
        retrieved(model, queryAfter(table, 'abc', { purpose: 'similar' }), { table });
      }
    });

    test('any session gets finite scores', () => {
      const table = tableOf(letters);
      const model = learn(kind, sessions(), table, options);
      const click = fc.integer({ min: -1, max: letters.length + 2 });
      const property = fc.property(
        fc.array(click, { maxLength: 70 }),
        click,
        fc.constantFrom('next' as const, 'similar' as const),
        fc.double({ noNaN: true, min: 0, max: 1e13 }),
        (recent, anchor, purpose, nowMs) => {
          const query = { recent: Int32Array.from(recent), anchor, purpose, nowMs };
          const scores = Object.values(scored(model, query, table));
          return scores.every((score) => Number.isFinite(score) && score >= 0);
        },
      );
      fc.assert(property, { numRuns: 50 });
    });

    test('tells every mistake in its options', () => {
      expect(kind.parseOptions({})).toEqual(kind.defaults);
      const wrong = () => kind.parseOptions({ nonsense: 1, moreNonsense: 2 });
      expect(codeOf(wrong)).toBe('SL_CONFIG_INVALID');
      expect(wrong).toThrow(/nonsense.*moreNonsense/);
    });
  });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof SightlineError ? error.code : String(error);
  }
  return 'nothing was thrown';
}
