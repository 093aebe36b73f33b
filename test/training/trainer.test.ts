import { expect, test } from 'vitest';
import { readFrame } from '../../src/models/file.ts';
import { modelKinds } from '../../src/models/index.ts';
import { createInteractionBuilder } from '../../src/training/dataset/dataset.ts';
import type { TrainedModel } from '../../src/training/schedule/train-in-thread.ts';
import { trainModels } from '../../src/training/trainer.ts';
import { sessionsOf } from '../models/tiny-sessions.ts';

const sessions = sessionsOf(...Array(200).fill('abcde'), ...Array(200).fill('edcba'));

test('models are trained in a thread while the loop stays free, and tell how far they are', async () => {
  const told = new Map<string, number[]>();
  const trained = new Map<string, TrainedModel>();
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 1);
  await trainModels({
    data: { interactions: sessions },
    models: {
      hot: { kind: 'popular', options: {} },
      vectors: { kind: 'item2vec', options: { dimensions: 16, epochs: 60 } },
    },
    trainedAtMs: 99,
    onProgress: ({ name, done }) => told.set(name, [...(told.get(name) ?? []), done]),
    onTrained: (model) => trained.set(model.name, model),
    onFailed: () => expect.unreachable(),
  });
  clearInterval(turning);
  expect(turns).toBeGreaterThan(3);
  expect([...trained.keys()]).toEqual(['hot', 'vectors']);
  for (const progress of told.values()) {
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  }
  const { stamp, payload } = readFrame(trained.get('hot')!.bytes, 'hot');
  expect(stamp).toMatchObject({ kind: 'popular', trainedAtMs: 99 });
  // What the thread learnt is what this thread would have learnt.
  expect(payload).toEqual(modelKinds.popular.fit(sessions, modelKinds.popular.defaults, () => {}));
});

test('what cannot be learnt is named with its cause, and the others go on', async () => {
  const trained: string[] = [];
  const failed: object[] = [];
  await trainModels({
    data: { interactions: sessions },
    models: {
      wild: { kind: 'popular', options: { halfLifeDays: -1 } },
      hot: { kind: 'popular', options: {} },
    },
    trainedAtMs: 0,
    onTrained: ({ name }) => trained.push(name),
    onFailed: (one) => failed.push(one),
  });
  expect(failed).toEqual([
    expect.objectContaining({
      name: 'wild',
      cause: expect.objectContaining({
        code: 'SL_TRAINING_FAILED',
        message: expect.stringMatching(/^training of model wild failed: .*options.halfLifeDays/),
      }),
    }),
  ]);
  expect(trained).toEqual(['hot']);
});

test('a model that takes all the memory of its thread is named, and another thread takes up the rest', async () => {
  const builder = createInteractionBuilder();
  for (let at = 0; at < 200_000; at++)
    builder.add({ item: `item-${at}`, session: `s${at >> 2}`, atMs: at });
  const failed: string[] = [];
  await trainModels({
    data: { interactions: builder.build() },
    models: { next: { kind: 'markov-1', options: {} }, hot: { kind: 'popular', options: {} } },
    trainedAtMs: 0,
    // More than the code takes, and less than the ids.
    maxMemoryMb: 32,
    onTrained: () => expect.unreachable(),
    onFailed: ({ cause }) => failed.push(`${cause.message}: ${causes(cause)}`),
  });
  expect(failed).toEqual([
    expect.stringMatching(/^training of model next ended its thread: .*heap out of memory/),
    expect.stringMatching(/^training of model hot ended its thread: .*heap out of memory/),
  ]);
});

const causes = ({ cause }: Error): string =>
  cause instanceof Error ? `${cause.message}; ${causes(cause)}` : '';

test('a training is ended by its signal', async () => {
  const stop = new AbortController();
  const training = trainModels({
    data: { interactions: sessions },
    models: { long: { kind: 'cbow', options: { epochs: 500, members: 16 } } },
    trainedAtMs: 0,
    signal: stop.signal,
    onProgress: ({ done }) => done > 0 && stop.abort(new Error('enough')),
    onTrained: () => expect.unreachable(),
    onFailed: () => expect.unreachable(),
  });
  await expect(training).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    message: 'training was cancelled',
    cause: { message: 'enough' },
  });
});
