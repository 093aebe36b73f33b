import { parseGoDuration } from './parse-go-duration.ts';
import { printable } from './printable.ts';

/**
 * What became of a key: something of ours; nothing, as ours does so unless told otherwise; nothing, as there is no need;
 * nothing, although somebody may miss it; or nobody knows it.
 */
export type Verdict = 'became' | 'same' | 'needless' | 'none' | 'unknown';

/** One line of the report. */
export interface Finding {
  readonly key: string;
  readonly verdict: Verdict;
  readonly text: string;
  /** The environment variable that the value came from. */
  readonly variable?: string | undefined;
}

/** A value of the file, or of an environment variable. */
export interface Given {
  readonly value: unknown;
  readonly variable?: string | undefined;
}

/** What a key must hold, in words, and how it is read; undefined is what is not of it. */
export interface Form<Value> {
  readonly name: string;
  read(raw: unknown): Value | undefined;
}

/** The settings of a Gorse, with an account of what became of each. */
export interface Settings {
  has(key: string): boolean;
  /** Whether a key is there and says that nothing is wanted: false, 0, or an empty text or list. */
  isOff(key: string): boolean;
  /** The keys that begin with a text. */
  under(prefix: string): string[];
  /** Undefined where the key is not there, or holds something else, which is told. */
  read<Value>(key: string, form: Form<Value>): Value | undefined;
  /** Tells of a key, where it is there. */
  tell(key: string, verdict: Verdict, text: string): void;
  /** Tells of something else. */
  add(finding: Finding): void;
  /** All that was told, in the order of the keys; keys of which nothing was told are unknown. */
  account(): Finding[];
}

const isText = (raw: unknown): raw is string => typeof raw === 'string';

const flags: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true'].map((yes) => [yes, true] as const),
  ...['0', 'f', 'false'].map((no) => [no, false] as const),
]);
const isFlag = (raw: unknown) => (typeof raw === 'boolean' ? raw : undefined);

function toNumber(raw: unknown): number | undefined {
  const value = isText(raw) && /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(raw) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const nanosecond = 1e-9;

/** The forms of values; as in Gorse a text may hold a number or yes and no, for environment variables. */
export const forms = {
  text: { name: 'a text', read: (raw) => (isText(raw) ? raw : undefined) } as Form<string>,
  number: { name: 'a number', read: toNumber } as Form<number>,
  flag: {
    name: 'true or false',
    read: (raw) =>
      isText(raw) || typeof raw === 'number' ? flags.get(String(raw).toLowerCase()) : isFlag(raw),
  } as Form<boolean>,
  seconds: {
    name: 'a duration such as 1h30m',
    read: (raw) => {
      const seconds = isText(raw) ? parseGoDuration(raw) : (toNumber(raw) ?? -1) * nanosecond;
      return seconds === undefined || seconds < 0 ? undefined : seconds;
    },
  } as Form<number>,
  texts: {
    name: 'a list of texts',
    read: (raw) => {
      const list = isText(raw) ? [raw] : raw;
      return Array.isArray(list) && list.every(isText) ? list : undefined;
    },
  } as Form<readonly string[]>,
} as const;

/** Makes the settings of what was given. */
export function createSettings(given: ReadonlyMap<string, Given>): Settings {
  const told = new Map<string, Finding[]>();
  const others: Finding[] = [];
  const tell = (key: string, verdict: Verdict, text: string) => {
    const found = given.get(key);
    if (found === undefined) return;
    const findings = told.get(key) ?? [];
    if (findings.some((finding) => finding.text === text)) return;
    told.set(key, [...findings, { key, verdict, text, variable: found.variable }]);
  };
  return {
    has: (key) => given.has(key),
    isOff: (key) => given.has(key) && isNothing(given.get(key)!.value),
    under: (prefix) => [...given.keys()].filter((key) => key.startsWith(prefix)),
    read(key, form) {
      const found = given.get(key);
      if (found === undefined) return undefined;
      const value = form.read(found.value);
      if (value === undefined)
        tell(key, 'none', `is not ${form.name}, which Gorse would refuse too; left out`);
      return value;
    },
    tell,
    add: (finding) => void others.push(finding),
    account: () => [
      ...[...given].flatMap(([key, { variable }]) => told.get(key) ?? [unknown(key, variable)]),
      ...others,
    ],
  };
}

const nothings: readonly unknown[] = ['', '0', 'false', 0, false];
const isNothing = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : nothings.includes(value);

function unknown(key: string, variable: string | undefined): Finding {
  const text = 'no key that Gorse 0.4 or 0.5 reads; look whether it is misspelt';
  return { key: printable(key), verdict: 'unknown', text, variable };
}
