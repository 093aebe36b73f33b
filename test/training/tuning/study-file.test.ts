import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStudyFile } from '../../../src/training/tuning/study-file.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-study-'));
  file = join(folder, 'studies', 'tune.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const about = { kind: 'markov-1', data: 'abc', space: { window: { min: 1, max: 3 } } };
const complete = { state: 'complete', score: 0.25, seconds: 1.5 } as const;

/** Opens, lets something happen, and closes as a process that ends does. */
function session<T>(run: (study: ReturnType<typeof openStudyFile>) => T, identity = about): T {
  const study = openStudyFile(file, identity);
  try {
    return run(study);
  } finally {
    study.close();
  }
}

/** A study with one complete, one failed and one trial under way. */
function threeTrials(): void {
  session((study) => {
    study.begin(0, { window: 1 });
    study.end(0, complete);
    study.begin(1, { window: 2, mode: 'a', on: true });
    study.end(1, { state: 'failed', reason: 'out-of-memory', message: 'too much', seconds: 0 });
    study.begin(2, { window: 3 });
  });
}

test('trials are there again after the process has ended', () => {
  threeTrials();
  expect(session(({ trials, changed }) => ({ trials: trials(), changed }))).toEqual({
    trials: [
      { number: 0, values: { window: 1 }, ...complete },
      {
        ...{ number: 1, values: { window: 2, mode: 'a', on: true } },
        ...{ state: 'failed', reason: 'out-of-memory', message: 'too much', seconds: 0 },
      },
      { number: 2, values: { window: 3 }, state: 'running' },
    ],
    changed: [],
  });
});

test('a trial that twice began and never ended took the process with it, and is not begun again', () => {
  threeTrials();
  session((study) => study.begin(2, { window: 3 }));
  const failed = { number: 2, state: 'failed', reason: 'interrupted' };
  expect(session(({ trials }) => trials())[2]).toMatchObject(failed);
  expect(session(({ trials }) => trials())[2]).toMatchObject(failed);
});

test('a trial that was stopped may be begun as often as one likes', () => {
  for (let times = 0; times < 4; times++)
    session((study) => {
      study.begin(0, { window: 1 });
      study.stop(0);
    });
  expect(session(({ trials }) => trials())).toMatchObject([{ number: 0, state: 'running' }]);
});

test('cut off at any byte, the file has the whole lines before, and what comes next is kept', () => {
  threeTrials();
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length; length += 3) {
    writeFileSync(file, whole);
    truncateSync(file, length);
    session((study) => {
      expect(study.changed).toEqual([]);
      study.begin(9, { window: 1 });
    });
    const trials = session((study) => study.trials());
    expect(trials.at(-1)).toEqual({ number: 9, values: { window: 1 }, state: 'running' });
  }
});

test('other data or another space are another study: the file is put aside and the change is named', () => {
  threeTrials();
  const other = { ...about, data: 'xyz', space: { window: { min: 1, max: 9 } } };
  const opened = session(({ changed, trials }) => ({ changed, trials: trials() }), other);
  expect(opened).toEqual({ changed: ['data', 'space'], trials: [] });
  expect(readFileSync(file.replace('.jsonl', '.old.jsonl'), 'utf8')).toContain('"out-of-memory"');
  session(({ changed }) => expect(changed).toEqual([]), other);
});

test.each([
  ['{"begin":0,"values":{"window":{}}}', 'line 2 is '],
  ['{"end":7,"state":"complete","score":1,"seconds":1}', 'line 2 ends trial 7'],
  ['nonsense', 'line 2 is "nonsense", expected a trial'],
])('a line that is no trial is named: %s', (text, message) => {
  session(() => {});
  appendFileSync(file, `${text}\n`);
  expect(() => openStudyFile(file, about)).toThrow(message);
  expect(() => openStudyFile(file, about)).toThrow(
    expect.objectContaining({ code: 'SL_DATA_INVALID' }),
  );
});

test('a file that is no study is refused', () => {
  session(() => {});
  writeFileSync(file, 'hello\nworld\n');
  expect(() => openStudyFile(file, about)).toThrow(/line 1 is "hello"/);
});

test('values in use that JSON cannot say are no mistake', () => {
  session((study) => study.begin(0, { halfLifeDays: Number.POSITIVE_INFINITY }));
  expect(session(({ trials }) => trials())).toMatchObject([{ values: { halfLifeDays: null } }]);
});
