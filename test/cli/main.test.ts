import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createRecordingTerminal } from './recording-terminal.ts';

async function run(...words: string[]) {
  const terminal = createRecordingTerminal();
  const code = await main(words, terminal);
  return { code, ...terminal.written };
}

const commands = [
  'serve',
  'check',
  'train',
  'tune',
  'tune-work',
  'replay',
  'run-work',
  'generate',
  'import-gorse',
];

test('without a command the help is shown, and nothing was done', async () => {
  const { code, err, out } = await run();
  expect(code).toBe(2);
  expect(out).toBe('');
  for (const command of commands) expect(err).toContain(`  ${command} `);
});

test.each(['help', '--help', '-h'])('%s lists every command', async (word) => {
  const { code, out } = await run(word);
  expect(code).toBe(0);
  for (const command of commands) expect(out).toContain(`  ${command} `);
});

test.each(commands)('%s has a help of its own that lists its options', async (command) => {
  const { code, out } = await run(command, '--help');
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^usage: sightline ${command}`));
  expect(out).toContain('--help');
  expect((await run('help', command)).out).toBe(out);
});

test('a mistyped command gets the nearest one', async () => {
  const { code, err } = await run('serv');
  expect(code).toBe(2);
  expect(err).toContain('sightline serv: is no command, did you mean serve');
  expect(err).toContain('see `sightline help`');
});

test('a mistyped option gets the nearest one', async () => {
  const { code, err } = await run('check', '--confg', 'x');
  expect(code).toBe(2);
  expect(err).toContain('has no option --confg, did you mean --config');
});
