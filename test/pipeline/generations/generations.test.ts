import { expect, test } from 'vitest';
import type { Generation } from '../../../src/pipeline/generations/generation.ts';
import { createGenerations } from '../../../src/pipeline/generations/generations.ts';
import { generationsSchema } from '../../../src/pipeline/generations/generations-schema.ts';
import type { Emit } from '../../../src/telemetry/facts.ts';
import { createTestClock } from '../test-work.ts';
import { generationOf } from './live-generation.ts';

const origin = { trigger: 'control', builtAtMs: 0, comparison: undefined, heldBack: [] } as const;

/** Generations that begin with `g0`, what was released and told, and how to end waits by hand. */
function open(options: object = {}) {
  const released: string[] = [];
  const told: unknown[] = [];
  const published: string[] = [];
  const timers = new Map<() => void, number>();
  const emit: Emit = (name, fact) => void told.push({ name, ...fact });
  const of = (id: string): Generation =>
    generationOf(id, new Map(), async () => void released.push(id));
  const generations = createGenerations(
    { generation: of('g0'), origin },
    {
      options: generationsSchema.parse(options),
      clock: createTestClock(),
      emit,
      onPublished: ({ id }) => published.push(id),
      schedule(delayMs, run) {
        timers.set(run, delayMs);
        return () => timers.delete(run);
      },
    },
  );
  const publish = (id: string) => generations.publish(generations.stage(of(id), origin));
  const states = () =>
    generations.all().map(({ generation, state }) => `${generation.id} ${state}`);
  return { generations, of, publish, states, released, told, published, timers };
}

test('the one that serves before is kept, and beyond what is kept the oldest is let go', () => {
  const { publish, states, released } = open({ keep: 2 });
  for (const id of ['g1', 'g2', 'g3']) publish(id);
  expect(states()).toEqual(['g3 current', 'g2 kept', 'g1 kept']);
  expect(released).toEqual(['g0']);
});

test('one that was kept can serve again, and then the other one is kept', () => {
  const { generations, publish, states, published } = open({ keep: 2 });
  publish('g1');
  generations.publish(generations.find('g0')!);
  expect(states()).toEqual(['g0 current', 'g1 kept']);
  expect(published).toEqual(['g1', 'g0']);
});

test('one that waits is replaced by the next one that waits', () => {
  const { generations, of, states, released } = open();
  generations.stage(of('g1'), origin);
  generations.stage(of('g2'), origin);
  expect(states()).toEqual(['g0 current', 'g2 staged']);
  expect(released).toEqual(['g1']);
});

test('a generation is let go when its last request has ended, not before', async () => {
  const { generations, publish, states, released, timers } = open({ keep: 0 });
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const held = [first, second].map(({ promise }) => generations.current.hold(() => promise));
  publish('g1');
  expect(states()).toEqual(['g1 current', 'g0 draining']);
  first.resolve('answer');
  expect(await held[0]).toBe('answer');
  expect(released).toEqual([]);
  second.reject(new Error('broken'));
  await expect(held[1]).rejects.toThrow('broken');
  expect(released).toEqual(['g0']);
  expect(states()).toEqual(['g1 current']);
  expect(timers.size).toBe(0);
});

test('a request that throws at once or never waits has left its generation too', () => {
  const { generations, publish, released } = open({ keep: 0 });
  expect(generations.current.hold(() => 7)).toBe(7);
  expect(() =>
    generations.current.hold(() => {
      throw new Error('broken');
    }),
  ).toThrow('broken');
  expect(generations.current.requests).toBe(0);
  publish('g1');
  expect(released).toEqual(['g0']);
});

test('a generation whose requests do not end is let go after a time', () => {
  const { generations, publish, released, timers } = open({ keep: 0, maxDrainSeconds: 5 });
  generations.current.hold(() => new Promise(() => {}));
  publish('g1');
  expect([...timers.values()]).toEqual([5000]);
  for (const run of [...timers.keys()]) run();
  expect(released).toEqual(['g0']);
});

test('there is no room for more generations than allowed, until one is let go', async () => {
  const { generations, publish } = open({ keep: 1, maxLive: 3 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = generations.current.hold(() => promise);
  publish('g1');
  generations.assertRoom();
  publish('g2');
  expect(() => generations.assertRoom()).toThrow(
    expect.objectContaining({
      code: 'SL_GENERATIONS_FULL',
      message: '3 generations are in memory, expected less than 3',
    }),
  );
  resolve();
  await held;
  generations.assertRoom();
});

test('what is in memory and what serves is told', () => {
  const { generations, of, publish, told } = open({ keep: 1 });
  generations.stage(of('g1'), origin);
  publish('g2');
  expect(told).toEqual([
    { name: 'generation.published', generation: 'g0', trigger: 'control', works: 0, models: 0 },
    { name: 'generations.changed', kept: 0, staged: 0, draining: 0 },
    { name: 'generations.changed', kept: 0, staged: 1, draining: 0 },
    expect.anything(),
    expect.anything(),
    { name: 'generation.published', generation: 'g2', trigger: 'control', works: 0, models: 0 },
    { name: 'generations.changed', kept: 1, staged: 0, draining: 0 },
  ]);
});

test('closing lets all of them go', async () => {
  const { generations, of, publish, released } = open();
  publish('g1');
  generations.stage(of('g2'), origin);
  generations.current.hold(() => new Promise(() => {}));
  await generations.close();
  expect(released.sort()).toEqual(['g0', 'g1', 'g2']);
});

test('a configuration that leaves no room for a next generation is refused', () => {
  expect(generationsSchema.safeParse({ keep: 2, maxLive: 4 }).success).toBe(true);
  const { error } = generationsSchema.safeParse({ keep: 2, maxLive: 3 });
  expect(error?.issues).toMatchObject([
    { path: ['maxLive'], message: expect.stringMatching(/^must be at least keep \+ 2/) },
  ]);
});
