import { expect, test } from 'vitest';
import { type Command, parseArguments } from '../../src/cli/command.ts';
import type { SightlineError } from '../../src/domain/errors.ts';

const sample: Command = {
  name: 'sample',
  summary: 'a command',
  options: {
    config: { value: 'FILE', default: 'sightline.yaml', summary: 'configuration file' },
    limit: { value: 'N', summary: 'how many' },
    json: { summary: 'as JSON' },
  },
  run: async () => 0,
};

function mistakesOf(words: readonly string[], command = sample): string[] {
  try {
    parseArguments(command, words);
  } catch (error) {
    return (error as SightlineError).mistakes.map(({ message }) => message);
  }
  return [];
}

test('options take their value behind a space or an equals sign', () => {
  expect(parseArguments(sample, ['--config', 'a.yaml']).values.config).toBe('a.yaml');
  expect(parseArguments(sample, ['--config=b.yaml']).values.config).toBe('b.yaml');
});

test('an option that is not given has its default, or no value', () => {
  const { values, switches } = parseArguments(sample, []);
  expect(values.config).toBe('sightline.yaml');
  expect(values.limit).toBeUndefined();
  expect(switches.has('json')).toBe(false);
});

test('a switch is given or not', () => {
  expect(parseArguments(sample, ['--json']).switches.has('json')).toBe(true);
});

test('every mistake of a line is told at once', () => {
  expect(mistakesOf(['--jsn', '--config=', 'extra', '--json=yes', '--limit'])).toEqual([
    'has no option --jsn, did you mean --json',
    'option --config needs a value: --config FILE',
    'option --json takes no value, got yes',
    'option --limit needs a value: --limit N',
    'takes no argument "extra"',
  ]);
});

test('an option that is like none has no suggestion', () => {
  expect(mistakesOf(['--frobnicate'])).toEqual(['has no option --frobnicate']);
});

test('names of object properties are no options', () => {
  expect(mistakesOf(['--constructor', '--__proto__'])).toHaveLength(2);
});

test('a negative number is a value only behind an equals sign', () => {
  expect(mistakesOf(['--limit', '-1'])).toContain('option --limit needs a value: --limit N');
  expect(parseArguments(sample, ['--limit=-1']).values.limit).toBe('-1');
});

test('arguments are kept where the command takes some', () => {
  const taking = { ...sample, positionals: '[MODEL...]' };
  expect(parseArguments(taking, ['item2vec', 'popular']).positionals).toEqual([
    'item2vec',
    'popular',
  ]);
});
