#!/usr/bin/env node
import { SightlineError } from '../domain/errors.ts';
import { type Command, parseArguments, usageError } from './command.ts';
import { describeError } from './describe-error.ts';
import { commandHelp, programHelp } from './help.ts';
import { nearest } from './nearest.ts';
import { createProcessTerminal, type Terminal } from './terminal.ts';

/** Every command; a command's rooms are loaded when it is called and not before. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  check: async () => (await import('./check.ts')).check,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  train: async () => (await import('./train.ts')).train,
  tune: async () => (await import('./tune.ts')).tune,
  'tune-work': async () => (await import('./tune-work.ts')).tuneWork,
  models: async () => (await import('./models.ts')).models,
  replay: async () => (await import('./replay.ts')).replay,
  'run-work': async () => (await import('./run-work.ts')).runWork,
  generate: async () => (await import('./generate.ts')).generate,
  'import-gorse': async () => (await import('./import-gorse.ts')).importGorse,
};

/**
 * Runs the program on the words of its command line and answers the exit code: 0 done, 1 failed,
 * 2 mistyped. Never throws.
 *
 * @example await main(['check', '--config', 'sightline.yaml'], createProcessTerminal()) // 0
 */
export async function main(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    terminal.err(describeError(error, { debug: terminal.environment.SIGHTLINE_DEBUG === '1' }));
    return error instanceof SightlineError && error.code === 'SL_USAGE' ? 2 : 1;
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined) {
    terminal.err(await programHelp(Object.values(commands)));
    return 2;
  }
  if (name === 'help' || name === '--help' || name === '-h') {
    terminal.out(
      rest[0] === undefined
        ? await programHelp(Object.values(commands))
        : commandHelp(await find(rest[0])),
    );
    return 0;
  }
  const command = await find(name);
  if (rest.includes('--help')) {
    terminal.out(commandHelp(command));
    return 0;
  }
  return command.run(parseArguments(command, rest), terminal);
}

async function find(name: string): Promise<Command> {
  if (Object.hasOwn(commands, name)) return commands[name]();
  const near = nearest(name, Object.keys(commands));
  throw usageError(name.slice(0, 64), [
    `is no command${near === undefined ? '' : `, did you mean ${near}`}; commands are ${Object.keys(commands).join(', ')}`,
  ]);
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), createProcessTerminal());
}
