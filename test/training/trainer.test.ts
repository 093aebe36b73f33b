import { expect, test } from 'vitest';
import { readFrame } from '../../src/models/file.ts';
import { modelKinds } from '../../src/models/index.ts';
import { trainModels } from '../../src/training/trainer.ts';
import { sessionsOf } from '../models/tiny-sessions.ts';

const sessions = sessionsOf(...Array(200).fill('abcde'), ...Array(200).fill('edcba'));

test('models are trained in a thread while the loop stays free, and tell how far they are', async () => {
  const told = new Map<string, number[]>();
  const trained = new Map<string, { bytes: Uint8Array; seconds: number }>();
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 1);
  await trainModels({
    interactions: sessions,
    models: {
      hot: { kind: 'popular', options: {} },
      vectors: { kind: 'item2vec', options: { dimensions: 16, epochs: 60 } },
    },
    trainedAtMs: 99,
    onProgress: ({ name, done }) => told.set(name, [...(told.get(name) ?? []), done]),
    onTrained: ({ name, bytes, seconds }) => trained.set(name, { bytes, seconds }),
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

test('what cannot be learnt is named with its cause, and what came before it is kept', async () => {
  const trained: string[] = [];
  const training = trainModels({
    interactions: sessions,
    models: {
      hot: { kind: 'popular', options: {} },
      wild: { kind: 'popular', options: { halfLifeDays: -1 } },
    },
    trainedAtMs: 0,
    onTrained: ({ name }) => trained.push(name),
  });
  await expect(training).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    message: 'training of model wild failed',
    cause: { message: expect.stringContaining('options.halfLifeDays') },
  });
  expect(trained).toEqual(['hot']);
});

test('a training is ended by its signal', async () => {
  const stop = new AbortController();
  const training = trainModels({
    interactions: sessions,
    models: { long: { kind: 'cbow', options: { epochs: 500, members: 16 } } },
    trainedAtMs: 0,
    signal: stop.signal,
    onProgress: ({ done }) => done > 0 && stop.abort(new Error('enough')),
    onTrained: () => expect.unreachable(),
  });
  await expect(training).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    message: 'training was cancelled',
    cause: { message: 'enough' },
  });
});

test('a model that cannot be kept ends the training', async () => {
  const training = trainModels({
    interactions: sessions,
    models: { hot: { kind: 'popular', options: {} } },
    trainedAtMs: 0,
    onTrained: () => {
      throw new Error('disk is full');
    },
  });
  await expect(training).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    cause: { message: 'disk is full' },
  });
});
