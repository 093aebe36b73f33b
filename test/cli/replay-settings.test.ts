import { expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/command.ts';
import { parseReplaySettings } from '../../src/cli/replay/settings.ts';
import { replay } from '../../src/cli/replay.ts';
import type { SightlineError } from '../../src/domain/errors.ts';

const settingsOf = (...words: string[]) => parseReplaySettings(parseArguments(replay, words));

function mistakesOf(...words: string[]): string[] {
  try {
    settingsOf(...words);
  } catch (error) {
    return (error as SightlineError).mistakes.map(({ message }) => message);
  }
  return [];
}

test('without options everything is played as fast as it goes', () => {
  expect(settingsOf()).toEqual({
    url: 'http://127.0.0.1:8080',
    dataset: 'demo/eshop-clothing-2008.csv.gz',
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: Number.POSITIVE_INFINITY,
    speed: Number.POSITIVE_INFINITY,
    rate: undefined,
    forSeconds: undefined,
    work: 'session',
    n: 20,
    concurrency: 8,
    limit: Number.POSITIVE_INFINITY,
    byCatalog: false,
    swaps: [],
    swapFromMs: Number.NEGATIVE_INFINITY,
    users: false,
    fault: undefined,
    control: 'http://127.0.0.1:8081',
    json: false,
  });
});

test.each([
  ['2008-08-01', Date.UTC(2008, 7, 1)],
  ['2008-08-01T06:30', Date.UTC(2008, 7, 1, 6, 30)],
  ['2008-08-01T06:30:15Z', Date.UTC(2008, 7, 1, 6, 30, 15)],
  ['2008-08-01T06:30:15+02:00', Date.UTC(2008, 7, 1, 4, 30, 15)],
])('%s is a time, in UTC where it names no zone', (text, ms) => {
  expect(settingsOf('--from', text).fromMs).toBe(ms);
});

test('a speed is a number of recorded seconds in a second', () => {
  expect(settingsOf('--speed', '3600').speed).toBe(3600);
  expect(settingsOf('--speed', '0.5').speed).toBe(0.5);
});

test('every wrong value is told at once', () => {
  const words = ['--from=yesterday', '--to=2008-13-40', '--speed=0', '--n=101', '--limit=1.5'];
  expect(mistakesOf(...words, '--concurrency=none', '--url=localhost:8080')).toEqual([
    'option --from is yesterday, expected a day like 2008-08-01 or a time in ISO 8601',
    'option --to is 2008-13-40, expected a day like 2008-08-01 or a time in ISO 8601',
    'option --n is 101, expected a whole number from 1 to 100',
    'option --concurrency is none, expected a whole number from 1 to 1024',
    'option --limit is 1.5, expected a whole number from 1 to 999999999',
    'option --speed is 0, expected a number above 0, or max',
    'option --url is localhost:8080, expected an address like http://127.0.0.1:8080',
  ]);
});

test('a range that ends before it begins is refused', () => {
  expect(mistakesOf('--from', '2008-08-02', '--to', '2008-08-01')).toEqual([
    'option --from is 2008-08-02, expected a time before --to 2008-08-01',
  ]);
});

test('catalogues change places from a time of the recording, and are asked for by name', () => {
  const words = [
    '--swap-catalogs',
    'trousers=skirts,blouses=sale',
    '--swap-from',
    '2008-08-05T12:00',
  ];
  expect(settingsOf(...words)).toMatchObject({
    byCatalog: true,
    swaps: [
      ['trousers', 'skirts'],
      ['blouses', 'sale'],
    ],
    swapFromMs: Date.UTC(2008, 7, 5, 12),
  });
  expect(settingsOf('--by-catalog')).toMatchObject({ byCatalog: true, swaps: [] });
});

test.each(['trousers', 'trousers=', 'a=b=c', 'a=b,b=c', 'a=a', 'a=b,'])(
  '%s does not say which catalogues change places',
  (text) => {
    expect(mistakesOf('--swap-catalogs', text)).toEqual([
      `option --swap-catalogs is ${text}, expected pairs like trousers=skirts,blouses=sale`,
    ]);
  },
);

test('a time to change places needs catalogues that do', () => {
  expect(mistakesOf('--swap-from', '2008-08-05')).toEqual([
    'option --swap-from needs --swap-catalogs',
  ]);
});

test('a steady load has a rate, and may have an end', () => {
  expect(settingsOf('--rate', '200', '--for', '60')).toMatchObject({ rate: 200, forSeconds: 60 });
  expect(mistakesOf('--rate', '0.5', '--for', 'ever')).toEqual([
    'option --rate is 0.5, expected a whole number from 1 to 10000',
    'option --for is ever, expected a whole number from 1 to 86400',
  ]);
  expect(mistakesOf('--for', '60')).toEqual(['option --for needs --rate']);
  expect(mistakesOf('--rate', '5', '--speed', '60')).toEqual([
    'option --speed does not go with --rate or --fault',
  ]);
});

test('a script of faults needs users, catalogues and a steady load', () => {
  expect(settingsOf('--fault', 'demo/faults.yaml')).toMatchObject({
    fault: 'demo/faults.yaml',
    users: true,
    byCatalog: true,
    rate: 50,
  });
  expect(settingsOf('--fault', 'a.yaml', '--rate', '9').rate).toBe(9);
  expect(mistakesOf('--fault', 'a.yaml', '--control', 'here')).toEqual([
    'option --control is here, expected an address like http://127.0.0.1:8081',
  ]);
});
