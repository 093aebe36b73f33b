import { type Arguments, type Option, usageError } from '../command.ts';
import { createOptionReader, isAddress, type OptionReader, parseSwaps } from './option-values.ts';
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
  rate: {
    value: 'N',
    summary: 'instead of --speed: N clicks a second, sessions side by side, over and over again',
  },
  for: { value: 'SECONDS', summary: 'how long to play at --rate; the recording once unless given' },
  work: {
    value: 'NAME[,NAME]',
    default: 'session',
    summary: 'work to ask; of several each session takes one in turn',
  },
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
  users: { summary: 'put users in and ask for them, so that there are features to read' },
  fault: {
    value: 'FILE',
    summary: 'break what the script says; implies --by-catalog, --users and a --rate of 50',
  },
  control: {
    value: 'URL',
    default: 'http://127.0.0.1:8081',
    summary: 'control port of the gateway, for --fault',
  },
  json: { summary: 'print the result as one line of JSON' },
} satisfies Readonly<Record<string, Option>>;

/** What a replay was asked to do. */
export interface ReplaySettings {
  readonly url: string;
  readonly dataset: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly speed: number;
  /** Clicks a second of a steady load; undefined where the times of the recording count. */
  readonly rate: number | undefined;
  readonly forSeconds: number | undefined;
  /** Names with commas between them. */
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
  readonly users: boolean;
  /** Path of a script. */
  readonly fault: string | undefined;
  readonly control: string;
  readonly json: boolean;
}

/** Clicks a second with `--fault` when nobody says. */
const rateWithFaults = 50;

/** Reads the values of the options. Throws `SL_USAGE` with every mistake in it. */
export function parseReplaySettings({ values, switches }: Arguments): ReplaySettings {
  const { fault } = values;
  const reader = createOptionReader(values);
  const swaps = parseSwaps(values['swap-catalogs']);
  if (swaps === undefined) reader.wrong('swap-catalogs', 'pairs like trousers=skirts,blouses=sale');
  const settings: ReplaySettings = {
    url: values.url!,
    dataset: values.dataset!,
    fromMs: reader.timeOr('from', Number.NEGATIVE_INFINITY),
    toMs: reader.timeOr('to', Number.POSITIVE_INFINITY),
    speed: values.speed === 'max' ? Number.POSITIVE_INFINITY : Number(values.speed),
    rate: reader.wholeOr('rate', 10_000, fault === undefined ? undefined : rateWithFaults),
    forSeconds: reader.wholeOr('for', 86_400, undefined),
    work: values.work!,
    n: reader.whole('n', 100),
    concurrency: reader.whole('concurrency', 1024),
    limit: reader.wholeOr('limit', 999_999_999, Number.POSITIVE_INFINITY),
    byCatalog:
      switches.has('by-catalog') || values['swap-catalogs'] !== undefined || fault !== undefined,
    swaps: swaps ?? [],
    swapFromMs: reader.timeOr('swap-from', Number.NEGATIVE_INFINITY),
    users: switches.has('users') || fault !== undefined,
    fault,
    control: values.control!,
    json: switches.has('json'),
  };
  const mistakes = [...checkValues(settings, values, reader), ...checkTogether(settings, values)];
  if (mistakes.length > 0) throw usageError('replay', mistakes);
  return settings;
}

function checkValues(
  { speed, url, control, fromMs, toMs }: ReplaySettings,
  values: Arguments['values'],
  { wrong, mistakes }: OptionReader,
): readonly string[] {
  if (!(speed > 0)) wrong('speed', 'a number above 0, or max');
  if (!isAddress(url)) wrong('url', 'an address like http://127.0.0.1:8080');
  if (!isAddress(control)) wrong('control', 'an address like http://127.0.0.1:8081');
  if (fromMs >= toMs) wrong('from', `a time before --to ${values.to}`);
  return mistakes;
}

/** What each option says is right, but not beside another. */
function checkTogether({ rate, forSeconds }: ReplaySettings, values: Arguments['values']) {
  const mistakes: string[] = [];
  if (values['swap-from'] !== undefined && values['swap-catalogs'] === undefined)
    mistakes.push('option --swap-from needs --swap-catalogs');
  if (rate !== undefined && values.speed !== 'max')
    mistakes.push('option --speed does not go with --rate or --fault');
  if (rate === undefined && forSeconds !== undefined) mistakes.push('option --for needs --rate');
  return mistakes;
}
