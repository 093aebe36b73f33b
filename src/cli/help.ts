import { type Command, commonOptions } from './command.ts';

/** The help of the whole program: every command with its summary. */
export async function programHelp(load: readonly (() => Promise<Command>)[]): Promise<string> {
  const commands = await Promise.all(load.map((command) => command()));
  return [
    'Sightline: an observability-first recommendation gateway',
    '',
    'usage: sightline COMMAND [OPTION...]',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    ...columns([['help [COMMAND]', 'show this, or the options of a command']]),
    '',
    'environment:',
    ...columns([
      ['SIGHTLINE_*', 'overrides of the configuration, see docs/configuration.md'],
      ['OTEL_*', 'where spans go, see https://opentelemetry.io/docs/specs/otel/configuration'],
      ['SIGHTLINE_DEBUG=1', 'show the stack of an error'],
    ]),
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const options = Object.entries({ ...command.options, ...commonOptions });
  const { name, summary, details, positionals } = command;
  return [
    `usage: sightline ${[name, positionals, '[OPTION...]'].filter(Boolean).join(' ')}`,
    '',
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    ...(details === undefined ? [] : ['', details]),
    '',
    ...columns(
      options.map(([option, { value, default: preset, summary }]) => [
        `--${option}${value === undefined ? '' : ` ${value}`}`,
        preset === undefined ? summary : `${summary} (default ${preset})`,
      ]),
    ),
    '',
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(18, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
