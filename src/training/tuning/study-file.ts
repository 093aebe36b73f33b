import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import { createMemoryJournal, type StudyJournal } from './journal.ts';
import { type FailureReason, failureReasons, type Trial } from './trial.ts';

/** What a study is about, part by part: trials of another one say nothing about it. */
export type StudyIdentity = Readonly<Record<string, unknown>>;

/** A study on disk. */
export interface StudyFile extends StudyJournal {
  /** Parts of the identity that differ from what the file was about; it was put aside, and this study begins anew. */
  readonly changed: readonly string[];
  close(): void;
}

/** How often a trial may be begun without coming to an end. */
const maxBegins = 2;

const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const number = z.int().min(0).max(1_000_000);
const seconds = z.number().min(0);
const head = z.strictObject({ identity: z.record(z.string(), z.unknown()) });
const line = z.union([
  z.strictObject({ begin: number, values }),
  z.strictObject({ stop: number }),
  z.strictObject({ end: number, state: z.literal('complete'), score: z.number(), seconds }),
  z.strictObject({
    end: number,
    state: z.literal('failed'),
    reason: z.enum(Object.keys(failureReasons) as [FailureReason, ...FailureReason[]]),
    message: z.string(),
    seconds,
  }),
]);

/**
 * Opens the file of a study: a line of JSON for what it is about, and one for each begin, stop and end of a trial, on
 * disk before the call returns. A last line that a crash cut off is removed. A trial that was begun twice and never ended
 * failed as `interrupted`. Where the identity differs the file is renamed to `NAME.old.jsonl`. Throws `SL_DATA_INVALID`
 * for a line that is no trial. One process may have the file open.
 *
 * @example openStudyFile('var/models/next/studies/tune.jsonl', { kind: 'markov-1', data: '9f86d081884c7d65' })
 */
export function openStudyFile(file: string, identity: StudyIdentity): StudyFile {
  mkdirSync(dirname(file), { recursive: true });
  const found = existsSync(file) ? readLines(file) : [];
  const before = found.length === 0 ? undefined : parseHead(found[0], file);
  const changed = before === undefined ? [] : differences(before, identity);
  if (changed.length > 0) renameSync(file, file.replace(/(\.jsonl)?$/, '.old.jsonl'));
  const isNew = before === undefined || changed.length > 0;
  const { trials, begins } = isNew ? nothing() : readTrials(found, file);
  const journal = createMemoryJournal(trials);
  const descriptor = openSync(file, isNew ? 'w' : 'r+');
  let at = isNew ? 0 : Buffer.byteLength(found.map((text) => `${text}\n`).join(''));
  ftruncateSync(descriptor, at);
  const write = (value: object): void => {
    at += writeSync(descriptor, `${JSON.stringify(value)}\n`, at);
    fdatasyncSync(descriptor);
  };
  const study: StudyFile = {
    changed,
    trials: journal.trials,
    begin(number, values) {
      write({ begin: number, values });
      journal.begin(number, values);
    },
    end(number, end) {
      write({ end: number, ...end });
      journal.end(number, end);
    },
    stop: (number) => write({ stop: number }),
    close: () => closeSync(descriptor),
  };
  if (isNew) write({ identity });
  for (const [number, count] of begins) {
    if (count < maxBegins) continue;
    const message = `the process ended ${count} times during this trial`;
    study.end(number, { state: 'failed', reason: 'interrupted', message, seconds: 0 });
  }
  return study;
}

interface Found {
  readonly trials: readonly Trial[];
  /** How often each trial without an end was begun. */
  readonly begins: ReadonlyMap<number, number>;
}

const nothing = (): Found => ({ trials: [], begins: new Map() });

/** The whole lines of a file. */
function readLines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

function parseHead(text: string, file: string): StudyIdentity {
  return parseLine(head, text, { file, line: 1 }).identity;
}

function readTrials(lines: readonly string[], file: string): Found {
  const journal = createMemoryJournal();
  const begins = new Map<number, number>();
  for (const [i, text] of lines.entries()) {
    if (i === 0) continue;
    const said = parseLine(line, text, { file, line: i + 1 });
    if ('begin' in said) {
      begins.set(said.begin, (begins.get(said.begin) ?? 0) + 1);
      journal.begin(said.begin, said.values as Trial['values']);
      continue;
    }
    if ('stop' in said) {
      begins.delete(said.stop);
      continue;
    }
    const { end, ...rest } = said;
    if (!begins.delete(end))
      throw invalid({ file, line: i + 1 }, `ends trial ${end}, which did not begin`);
    journal.end(end, rest);
  }
  return { trials: journal.trials(), begins };
}

interface Place {
  readonly file: string;
  readonly line: number;
}

function parseLine<Value>(schema: z.ZodType<Value>, text: string, place: Place): Value {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid(place, `is ${JSON.stringify(text.slice(0, 40))}, expected a trial`, cause);
  }
}

function invalid({ file, line }: Place, what: string, cause?: unknown): SightlineError {
  const message = `study ${file}: line ${line} ${what}`;
  return new SightlineError('SL_DATA_INVALID', message, { cause });
}

function differences(before: StudyIdentity, now: StudyIdentity): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
}
