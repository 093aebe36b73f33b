import { expect, test } from 'vitest';
import { frameModel } from '../../../src/models/file.ts';
import { markov1 } from '../../../src/models/markov-1.ts';
import type { ModelKind } from '../../../src/models/model.ts';
import { popular } from '../../../src/models/popular.ts';
import { createInteractionBuilder, splitLast } from '../../../src/training/dataset/dataset.ts';
import { evaluateInThreads } from '../../../src/training/evaluation/evaluate-in-threads.ts';
import { evaluateModel } from '../../../src/training/evaluation/evaluate-model.ts';
import { learn } from '../../models/ask.ts';
import { sessionsOf, tableOf } from '../../models/tiny-sessions.ts';

const bare = { catalog: 'c', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
const catalogue = [...'abcdefg'].map((id) => ({ id, ...bare }));
const sessions = ['abc', 'bcd', 'cde', 'defg', 'abdf', 'gfe', 'abc', 'dcba', 'ee', 'gabf'];

/** A model of the part before, as bytes. */
function bytesOf(kind: ModelKind<never>, before: Parameters<typeof learn>[1]): Uint8Array {
  const payload = kind.fit(before, kind.defaults, () => {});
  return frameModel({ kind: kind.kind, trainedAtMs: 5, payload });
}

test('threads find what one thread finds, however many there are', async () => {
  const split = splitLast(sessionsOf(...sessions), 0.5);
  const bytes = bytesOf(markov1 as never, split.before);
  const items = catalogue;
  const table = tableOf('abcdefg');
  const alone = evaluateModel(learn(markov1, split.before, table), split, table, { cutoff: 2 });
  for (const threads of [1, 3])
    expect(await evaluateInThreads({ bytes, split, items, cutoff: 2, threads })).toEqual(alone);
});

test('users are shared among threads too, and more threads than users are none the worse', async () => {
  const builder = createInteractionBuilder();
  for (const [s, clicks] of sessions.entries())
    for (const [c, item] of [...clicks].entries())
      builder.add({ user: `u${s % 2}`, session: `s${s}`, item, atMs: s * 1000 + c });
  const split = splitLast(builder.build(), 0.3);
  const bytes = bytesOf(popular as never, split.before);
  const table = tableOf('abcdefg');
  const alone = evaluateModel(learn(popular, split.before, table), split, table);
  const shared = await evaluateInThreads({ bytes, split, items: catalogue, threads: 4 });
  expect(shared).toEqual(alone);
  expect(shared.task).toBe('ranking');
});

test('bytes that are no model, and a stop, end it by name', async () => {
  const split = splitLast(sessionsOf(...sessions), 0.5);
  const broken = { bytes: new Uint8Array(5), split, items: catalogue, threads: 2 };
  await expect(evaluateInThreads(broken)).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    message: 'evaluation failed',
    cause: expect.objectContaining({ message: expect.stringContaining('is no model file') }),
  });
  const signal = AbortSignal.abort(new Error('enough'));
  const bytes = bytesOf(popular as never, split.before);
  await expect(evaluateInThreads({ ...broken, bytes, signal })).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    message: 'evaluation was cancelled',
  });
});
