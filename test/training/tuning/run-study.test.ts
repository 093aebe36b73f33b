import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { markov1 } from '../../../src/models/markov-1.ts';
import type { ModelKind } from '../../../src/models/model.ts';
import { compareUnseen } from '../../../src/training/tuning/compare-unseen.ts';
import { holdOut } from '../../../src/training/tuning/hold-out.ts';
import { createMemoryJournal } from '../../../src/training/tuning/journal.ts';
import { judgeTrial } from '../../../src/training/tuning/judge-trial.ts';
import { runStudy, type StudyOptions } from '../../../src/training/tuning/run-study.ts';
import type { Trial } from '../../../src/training/tuning/trial.ts';
import type { TrialRunner } from '../../../src/training/tuning/trial-runner.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';
import { modes, strange } from './strange-kinds.ts';

/** Compiled code of the processes: it halves the time that one takes to start. */
const cache = mkdtempSync(join(tmpdir(), 'sightline-trials-'));
beforeAll(() => vi.stubEnv('NODE_COMPILE_CACHE', cache));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const held = holdOut(sessionsOf(...Array.from({ length: 60 }, (_, s) => 'abcdefgh'.slice(s % 5))), {
  share: 0.3,
});
const module = new URL('./strange-kinds.ts', import.meta.url);

/** Options of a study of the kind that is told how to fail. */
function strangeStudy(more: Partial<StudyOptions>): StudyOptions {
  const kind = strange as ModelKind;
  return { kind, current: strange.defaults, holdOut: held, module, ...more };
}

const brief = (trials: readonly Trial[]) =>
  trials.map((trial) => [trial.values.mode, trial.state === 'failed' ? trial.reason : trial.state]);

test('a trial that fails in any way is named, and the study goes on to its end', async () => {
  const told: Trial[] = [];
  const { trials, best, ending } = await runStudy(
    strangeStudy({
      space: { mode: { choices: modes.filter((mode) => mode !== 'endless') } },
      parallel: 2,
      trials: 12,
      memoryBytes: 128 * 2 ** 20,
      onTrial: (trial) => told.push(trial),
    }),
  );
  expect(Object.fromEntries(brief(trials))).toEqual({
    fine: 'complete',
    throws: 'failed',
    exits: 'crashed',
    heap: 'out-of-memory',
    'one-array': 'out-of-memory',
    killed: 'out-of-memory',
    buffer: 'out-of-memory',
    nan: 'not-a-number',
  });
  expect(ending).toBe('exhausted');
  expect(best).toMatchObject({ number: 0, values: { mode: 'fine' } });
  expect(told).toHaveLength(trials.length);
});

test('a trial that takes too long, or would need too much memory, is one that failed', async () => {
  const slow = await runStudy(
    strangeStudy({ current: { mode: 'endless', megabytes: 0 }, trials: 1, trialSeconds: 0.3 }),
  );
  expect(slow.trials).toMatchObject([{ reason: 'too-slow', message: 'took more than 0.3 s' }]);
  const large = await runStudy(
    strangeStudy({
      current: { mode: 'fine', megabytes: 300 },
      trials: 1,
      parallel: 2,
      memoryBytes: 512 * 2 ** 20,
    }),
  );
  expect(large.trials).toMatchObject([
    { reason: 'too-large', message: 'needs about 300 MB, expected 256 MB at most' },
  ]);
  expect(large.best).toBeUndefined();
});

test('when the budget is used up what is under way is ended, and begun again later', async () => {
  const journal = createMemoryJournal();
  const current = { mode: 'endless', megabytes: 0 };
  const ended = await runStudy(strangeStudy({ current, journal, budgetSeconds: 0.2 }));
  expect(ended).toMatchObject({ ending: 'budget', trials: [{ number: 0, state: 'running' }] });
  const resumed = await runStudy(quickStudy({ journal, trials: 1 }));
  expect(resumed.trials).toMatchObject([{ number: 0, state: 'complete' }]);
});

test('a study is cancelled by its signal, at once and before it begins', async () => {
  const stop = new AbortController();
  const running = runStudy(
    strangeStudy({ current: { mode: 'endless', megabytes: 0 }, signal: stop.signal }),
  );
  stop.abort();
  expect((await running).ending).toBe('cancelled');
  const never = await runStudy(strangeStudy({ signal: stop.signal }));
  expect(never).toMatchObject({ ending: 'cancelled', trials: [] });
});

/** Judges in this process, by how near x is to .3. */
const byHand: TrialRunner = async (options) => {
  const { x } = options as { x: number };
  return { state: 'complete', score: 1 - (x - 0.3) ** 2, seconds: 0 };
};

/** A study of a number, without any process. */
function quickStudy(more: Partial<StudyOptions> = {}): StudyOptions {
  const space = { x: { scale: 'linear', min: 0, max: 1 } } as const;
  return { ...strangeStudy({ current: { x: 0.9 }, space, run: byHand }), ...more };
}

const valuesOf = (trials: readonly Trial[]) => trials.map(({ values }) => values);

test('the first trial is the options in use, and a study that was interrupted goes on as if it was not', async () => {
  const whole = await runStudy(quickStudy({ trials: 20 }));
  expect(whole.trials[0]).toMatchObject({ state: 'complete', values: { x: 0.9 } });
  expect(whole.best?.score).toBeGreaterThan(0.99);
  for (const begun of [1, 7, 13]) {
    const { values } = whole.trials[begun];
    const journal = createMemoryJournal([
      ...whole.trials.slice(0, begun),
      { number: begun, values, state: 'running' },
    ]);
    const resumed = await runStudy(quickStudy({ trials: 20, journal }));
    expect(resumed).toEqual(whole);
  }
});

test('trials at once try different values, and all of them end', async () => {
  const { trials } = await runStudy(quickStudy({ trials: 20, parallel: 4 }));
  expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(new Set(valuesOf(trials).map(({ x }) => x)).size).toBe(20);
});

test('without a better one for long enough the study ends', async () => {
  const run: TrialRunner = async () => ({ state: 'complete', score: 0.5, seconds: 0 });
  const { trials, ending } = await runStudy(quickStudy({ run, patience: 3 }));
  expect({ ending, trials: trials.length }).toEqual({ ending: 'patience', trials: 4 });
});

test('a study that is done does nothing more', async () => {
  const journal = createMemoryJournal();
  const first = await runStudy(quickStudy({ journal, trials: 3 }));
  const again = await runStudy(
    quickStudy({ journal, trials: 3, onTrial: () => expect.unreachable() }),
  );
  expect(again).toEqual(first);
});

test('a journal that cannot be written ends the study with its error', async () => {
  const journal = createMemoryJournal();
  const full = { ...journal, end: () => expect.unreachable('disk is full') };
  await expect(runStudy(quickStudy({ journal: full, parallel: 2 }))).rejects.toThrow(
    'disk is full',
  );
});

test('data without anything to judge by give no score', () => {
  const { task, before, judging } = holdOut(sessionsOf('abc', 'b'), { share: 0.1, unseenShare: 1 });
  const rest = { cutoff: 20, maxCases: 100, threads: 1 };
  const job = { kind: 'markov-1', options: {}, task, before, after: judging, ...rest };
  expect(judgeTrial(job).score).toBeNaN();
});

test('a bound on the cases judges every so many-th', () => {
  const { task, before, judging } = held;
  const rest = { cutoff: 20, threads: 1, after: judging, task, before, kind: 'markov-1' };
  const all = judgeTrial({ ...rest, options: {}, maxCases: 1000 });
  const few = judgeTrial({ ...rest, options: {}, maxCases: 10 });
  expect(few.ndcgs.length).toBeLessThanOrEqual(10);
  expect(few.ndcgs.length).toBeGreaterThan(3);
  expect(all.ndcgs.length).toBeGreaterThan(10);
});

test('two sets of options are compared on what no trial saw', async () => {
  const options = { kind: markov1 as ModelKind, holdOut: held };
  const compared = await compareUnseen(options, [
    { ...markov1.defaults, window: 4 },
    markov1.defaults,
  ]);
  const { scores, cases, difference } = compared!;
  expect(cases).toBeGreaterThan(10);
  expect(difference.mean).toBeCloseTo(scores[0] - scores[1], 10);
  expect(difference.low).toBeLessThanOrEqual(difference.mean);
});
