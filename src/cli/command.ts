import { parseArgs } from 'node:util';
import { SightlineError } from '../domain/errors.ts';
import { nearest } from './nearest.ts';
import type { Terminal } from './terminal.ts';

/** An option of a command. One with a `value` takes one; one without is a switch. */
export interface Option {
  /** What stands for the value in the help: `FILE`, `N`. */
  readonly value?: string | undefined;
  readonly default?: string | undefined;
  readonly summary: string;
}

/** What the user typed after the command, checked against its options. */
export interface Arguments {
  /** Values of options, defaults filled in. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Switches that were given. */
  readonly switches: ReadonlySet<string>;
  readonly positionals: readonly string[];
}

/** One command of the `sightline` program. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What the help says after the summary. */
  readonly details?: string | undefined;
  /** How positional arguments stand in the help (`[MODEL...]`); absent when there are none. */
  readonly positionals?: string | undefined;
  readonly options: Readonly<Record<string, Option>>;
  /** Answers the exit code. */
  run(given: Arguments, terminal: Terminal): Promise<number>;
}

/** The options that every command has. */
export const commonOptions: Readonly<Record<string, Option>> = {
  help: { summary: 'show this help' },
};

/** The option of commands that read the configuration. */
export const configOption: Option = {
  value: 'FILE',
  default: 'sightline.yaml',
  summary: 'configuration file',
};

/**
 * Reads the words after a command. Throws `SL_USAGE` with every mistake in it.
 *
 * @example parseArguments(check, ['--config', 'a.yaml']).values.config // 'a.yaml'
 */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const options = { ...command.options, ...commonOptions };
  const { tokens, positionals } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const given = tokens.filter((token) => token.kind === 'option');
  const mistakes = given.flatMap((token) => mistakeOf(token, options));
  if (command.positionals === undefined) {
    mistakes.push(...positionals.map((word) => `takes no argument ${JSON.stringify(word)}`));
  }
  if (mistakes.length > 0) throw usageError(command.name, mistakes);
  const values: Record<string, string | undefined> = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, option.default]),
  );
  const switches = new Set<string>();
  for (const { name, value } of given) {
    if (value === undefined) switches.add(name);
    else values[name] = value;
  }
  return { values, switches, positionals };
}

/** An `SL_USAGE` error of a command; `mistakes` go on after the command's name. */
export function usageError(command: string, mistakes: readonly string[]): SightlineError {
  return new SightlineError('SL_USAGE', `sightline ${command}: ${mistakes.join('; ')}`, {
    mistakes: mistakes.map((message) => ({ path: '', message })),
  });
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function mistakeOf(token: OptionToken, options: Readonly<Record<string, Option>>): string[] {
  const { name, rawName, value, inlineValue } = token;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const near = nearest(name, Object.keys(options));
    return [`has no option ${rawName}${near === undefined ? '' : `, did you mean --${near}`}`];
  }
  if (option.value === undefined) {
    return value === undefined ? [] : [`option ${rawName} takes no value, got ${value}`];
  }
  if (
    value === undefined ||
    value === '' ||
    (!inlineValue && value !== '-' && value.startsWith('-'))
  ) {
    return [`option ${rawName} needs a value: ${rawName} ${option.value}`];
  }
  return [];
}
