import { expect, test } from 'vitest';
import type { RunReport } from '../../../src/training/schedule/run-training.ts';
import {
  createScheduler,
  type SchedulerOptions,
  type TrainingTask,
} from '../../../src/training/schedule/scheduler.ts';

const hourMs = 3_600_000;
const report: RunReport = {
  ...{ outcome: 'published', models: [], phases: [], seconds: 1, data: undefined },
};

/** A scheduler whose runs end when the test says so, and whose timers ring when it does. */
function openDesk(options: Partial<SchedulerOptions> = {}) {
  const now = { ms: 1000 * hourMs };
  const begun: { task: TrainingTask; signal: AbortSignal; end: (with_?: RunReport) => void }[] = [];
  let timer: { delayMs: number; ring: () => void } | undefined;
  const scheduler = createScheduler({
    clock: { now: () => now.ms, monotonic: () => now.ms },
    schedule(delayMs, ring) {
      timer = { delayMs, ring };
      return () => {
        timer = undefined;
      };
    },
    run: (task, { signal, onProgress }) =>
      new Promise((resolve) => {
        onProgress({ phase: 'train', model: 'hot', done: 0.5, note: 'half' });
        signal.addEventListener('abort', () => resolve({ ...report, outcome: 'cancelled' }));
        begun.push({ task, signal, end: (as = report) => resolve(as) });
      }),
    ...options,
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const states = () => scheduler.tasks().map(({ trigger, state }) => `${trigger} ${state}`);
  return { scheduler, begun, now, timer: () => timer, turn, states };
}

test('one run is on at a time, and all that is asked meanwhile is one next run', async () => {
  const { scheduler, begun, turn, states } = openDesk();
  const first = scheduler.train({ trigger: 'manual', models: ['a'] });
  expect(first.state).toBe('running');
  const next = scheduler.train({ trigger: 'manual', models: ['a'], force: true });
  expect(next.state).toBe('queued');
  expect(scheduler.train({ trigger: 'import', models: ['b'] }).id).toBe(next.id);
  expect(begun).toHaveLength(1);
  expect(states()).toEqual(['manual running', 'manual queued']);
  begun[0].end();
  await turn();
  expect(begun).toHaveLength(2);
  expect(begun[1].task).toMatchObject({ id: next.id, models: ['a', 'b'], force: false });
  scheduler.train({ trigger: 'timer' });
  begun[1].end();
  await turn();
  begun[2].end();
  await scheduler.settled();
  expect(states()).toEqual(['timer ended', 'manual ended', 'manual ended']);
});

test('a run tells how far it is while it is on, and its report afterwards', async () => {
  const { scheduler, begun } = openDesk();
  scheduler.train({ trigger: 'manual' });
  expect(scheduler.tasks()[0].progress).toMatchObject({ phase: 'train', done: 0.5 });
  begun[0].end();
  await scheduler.settled();
  expect(scheduler.tasks()[0]).toMatchObject({ state: 'ended', progress: undefined, report });
});

test('the timer counts from the last training, also from one before the start', async () => {
  const { begun, timer, turn, now } = openDesk({
    everyHours: 24,
    lastTrainedAtMs: 990 * hourMs,
  });
  expect(timer()?.delayMs).toBe(14 * hourMs);
  timer()!.ring();
  expect(begun[0].task.trigger).toBe('timer');
  now.ms += hourMs;
  begun[0].end({ ...report, outcome: 'failed' });
  await turn();
  expect(timer()?.delayMs).toBe(24 * hourMs);
});

test('a training that is overdue begins at once', () => {
  const { timer } = openDesk({ everyHours: 24, lastTrainedAtMs: 0 });
  expect(timer()!.delayMs).toBeLessThan(0);
});

test('new events set a run off each time there are enough', async () => {
  const { scheduler, begun, turn } = openDesk({ onEvents: 100 });
  scheduler.note(99);
  expect(begun).toHaveLength(0);
  scheduler.note(1);
  expect(begun[0].task.trigger).toBe('import');
  scheduler.note(250);
  scheduler.note(99);
  begun[0].end();
  await turn();
  expect(begun).toHaveLength(2);
  begun[1].end();
  await turn();
  expect(begun).toHaveLength(2);
});

test('without timer and events nothing begins by itself', () => {
  const { scheduler, begun, timer } = openDesk();
  scheduler.note(1e9);
  expect(begun).toHaveLength(0);
  expect(timer()).toBeUndefined();
});

test('a run is cancelled while it is on, and while it waits', async () => {
  const { scheduler, begun } = openDesk();
  const first = scheduler.train({ trigger: 'manual' });
  const next = scheduler.train({ trigger: 'manual' });
  expect(scheduler.cancel(next.id)).toMatchObject({ state: 'ended', report: undefined });
  scheduler.cancel(first.id);
  await scheduler.settled();
  expect(begun).toHaveLength(1);
  expect(scheduler.tasks()).toMatchObject([
    { id: first.id, report: { outcome: 'cancelled' } },
    { id: next.id, report: undefined },
  ]);
  for (const id of [first.id, next.id, 'nobody'])
    expect(() => scheduler.cancel(id)).toThrow(expect.objectContaining({ code: 'SL_NOT_FOUND' }));
});

test('after a close nothing runs, and nothing begins', async () => {
  const { scheduler, begun, timer } = openDesk({ everyHours: 1, onEvents: 1 });
  scheduler.train({ trigger: 'manual' });
  scheduler.train({ trigger: 'manual' });
  await scheduler.close();
  scheduler.note(10);
  expect(begun).toHaveLength(1);
  expect(begun[0].signal.aborted).toBe(true);
  expect(timer()).toBeUndefined();
  expect(() => scheduler.train({ trigger: 'manual' })).toThrow(
    expect.objectContaining({ code: 'SL_SHUTTING_DOWN' }),
  );
});

test('the last twenty runs are remembered', async () => {
  const { scheduler } = openDesk({ run: async () => report });
  for (let i = 0; i < 30; i++) {
    scheduler.train({ trigger: 'manual' });
    await scheduler.settled();
  }
  expect(scheduler.tasks()).toHaveLength(20);
});

test('the end of an import sets a run off, unless it is configured not to', async () => {
  const { scheduler, begun, timer } = openDesk();
  scheduler.importing()(5);
  expect(begun).toHaveLength(0);
  timer()?.ring();
  expect(begun.map(({ task }) => task)).toMatchObject([{ trigger: 'import' }]);
  const off = openDesk({ onImport: false });
  off.scheduler.importing()(5);
  expect(off.timer()).toBe(undefined);
});

test('models that never learnt try again after 100 events, 200 more and so on, but not during an import', async () => {
  let models = ['a', 'b'];
  const { scheduler, begun, turn, timer } = openDesk({ unlearnt: () => models });
  scheduler.note(99);
  expect(begun).toHaveLength(0);
  scheduler.note(1);
  expect(begun[0].task).toMatchObject({ trigger: 'import', models: ['a', 'b'] });
  begun[0].end();
  await turn();
  models = ['b'];
  scheduler.note(199);
  expect(begun).toHaveLength(1);
  const end = scheduler.importing();
  scheduler.note(1000);
  end(1000);
  expect(begun).toHaveLength(1);
  timer()?.ring();
  expect(begun[1].task).not.toHaveProperty('models');
  begun[1].end();
  await turn();
  models = [];
  scheduler.note(10_000);
  expect(begun).toHaveLength(2);
});
