import { type Arguments, type Option, usageError } from '../command.ts';
import type { CatalogSwap } from './swap-catalogs.ts';

/** The options of `sightline replay`. */
export const replayOptions = {
  url: { value: 'URL', default: 'http://127.0.0.1:8080', summary: 'query port of the gateway' },
  dataset: {
    value: 'PATH',
    default: 'demo/eshop-clothing-2008.csv.gz',
    summary: 'clicks to play: an e-shop file, or a folder with feedback.jsonl',
  },
  from: { value: 'TIME', summary: 'play sessions that began at or after this time, UTC' },
  to: { value: 'TIME', summary: 'play sessions that began before this time, UTC' },
  speed: {
    value: 'N|max',
    default: 'max',
    summary: 'recorded seconds that pass in one second; max waits for nothing',
  },
  work: { value: 'NAME', default: 'session', summary: 'work to ask' },
  n: { value: 'N', default: '20', summary: 'items to ask for, 1 to 100' },
  concurrency: { value: 'N', default: '8', summary: 'clicks under way at once, 1 to 1024' },
  limit: { value: 'N', summary: 'play this many clicks at most' },
  'by-catalog': {
    summary: "ask for items of each click's catalogue, before the first click of a session too",
  },
  'swap-catalogs': {
    value: 'A=B,C=D',
    summary: 'exchange the items of catalogues, not their pages; implies --by-catalog',
  },
  'swap-from': { value: 'TIME', summary: 'exchange only clicks recorded at or after this time' },
  json: { summary: 'print the result as one line of JSON' },
} satisfies Readonly<Record<string, Option>>;

/** What a replay was asked to do. */
export interface ReplaySettings {
  readonly url: string;
  readonly dataset: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly speed: number;
  readonly work: string;
  readonly n: number;
  readonly concurrency: number;
  readonly limit: number;
  /** Whether answers are asked for from the catalogue of the page that a click was recorded on. */
  readonly byCatalog: boolean;
  /** Catalogues whose items change places. */
  readonly swaps: readonly CatalogSwap[];
  /** Time of the recording. */
  readonly swapFromMs: number;
  readonly json: boolean;
}

/** Reads the values of the options. Throws `SL_USAGE` with every mistake in it. */
export function parseReplaySettings({ values, switches }: Arguments): ReplaySettings {
  const mistakes: string[] = [];
  const wrong = (name: string, expected: string) => {
    mistakes.push(`option --${name} is ${values[name]}, expected ${expected}`);
    return Number.NaN;
  };
  const whole = (name: string, max: number) => {
    const value = /^\d{1,9}$/.test(values[name] ?? '') ? Number(values[name]) : 0;
    return value >= 1 && value <= max ? value : wrong(name, `a whole number from 1 to ${max}`);
  };
  const time = (name: string, absent: number) => {
    const text = values[name];
    if (text === undefined) return absent;
    const ms = parseTime(text);
    return Number.isNaN(ms) ? wrong(name, 'a day like 2008-08-01 or a time in ISO 8601') : ms;
  };
  const swaps = parseSwaps(values['swap-catalogs']);
  if (swaps === undefined) wrong('swap-catalogs', 'pairs like trousers=skirts,blouses=sale');
  const settings: ReplaySettings = {
    url: values.url!,
    dataset: values.dataset!,
    fromMs: time('from', Number.NEGATIVE_INFINITY),
    toMs: time('to', Number.POSITIVE_INFINITY),
    speed: values.speed === 'max' ? Number.POSITIVE_INFINITY : Number(values.speed),
    work: values.work!,
    n: whole('n', 100),
    concurrency: whole('concurrency', 1024),
    limit: values.limit === undefined ? Number.POSITIVE_INFINITY : whole('limit', 999_999_999),
    byCatalog: switches.has('by-catalog') || values['swap-catalogs'] !== undefined,
    swaps: swaps ?? [],
    swapFromMs: time('swap-from', Number.NEGATIVE_INFINITY),
    json: switches.has('json'),
  };
  if (!(settings.speed > 0)) wrong('speed', 'a number above 0, or max');
  if (!/^https?:\/\//.test(settings.url) || !URL.canParse(settings.url)) {
    wrong('url', 'an address like http://127.0.0.1:8080');
  }
  if (settings.fromMs >= settings.toMs) wrong('from', `a time before --to ${values.to}`);
  if (values['swap-from'] !== undefined && values['swap-catalogs'] === undefined)
    mistakes.push('option --swap-from needs --swap-catalogs');
  if (mistakes.length > 0) throw usageError('replay', mistakes);
  return settings;
}

/** Epoch milliseconds of a day or an ISO 8601 time; UTC where it names no zone; NaN for anything else. */
function parseTime(text: string): number {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (match === null) return Number.NaN;
  const [, day, clock = '00:00', zone = 'Z'] = match;
  return Date.parse(`${day}T${clock}${zone}`);
}

/** Pairs of different names, none of them twice; undefined for anything else. */
function parseSwaps(text = ''): CatalogSwap[] | undefined {
  if (text === '') return [];
  const swaps = text.split(',').map((pair) => pair.split('='));
  const names = swaps.flat();
  const isPairs = swaps.every((swap) => swap.length === 2) && names.every((name) => name !== '');
  return isPairs && new Set(names).size === names.length
    ? swaps.map(([a, b]) => [a, b] as const)
    : undefined;
}
