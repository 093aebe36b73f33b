import { availableParallelism } from 'node:os';
import type { Config } from '../../config.ts';
import { type Arguments, configOption, type Option, usageError } from '../command.ts';
import { nearest } from '../nearest.ts';
import { createOptionReader } from '../replay/option-values.ts';

/** The options of `sightline run-work`. */
export const runWorkOptions = {
  input: {
    value: 'FILE|-',
    default: '-',
    summary: 'requests, one JSON object a line, packed where it ends in .gz; - is standard input',
  },
  output: { value: 'FILE', summary: 'where answers go, one JSON object a line' },
  config: configOption,
  workers: { value: 'N', summary: 'threads that answer; one for each core unless given' },
  resume: { summary: 'go on behind the whole lines that the output has' },
  strict: { summary: 'exit with 1 when a line was refused' },
  metrics: { value: 'FILE', summary: 'write the metrics of the run there when it ends, as text' },
  log: { value: 'FILE', summary: 'append the log lines of the requests there' },
  json: { summary: 'print the summary as one line of JSON' },
} satisfies Readonly<Record<string, Option>>;

/** What an offline run was asked to do. */
export interface RunWorkSettings {
  readonly work: string;
  /** A path, or `-`. */
  readonly input: string;
  readonly output: string;
  readonly workers: number;
  readonly resume: boolean;
  readonly strict: boolean;
  readonly metrics: string | undefined;
  readonly log: string | undefined;
  readonly json: boolean;
}

/** Reads the values of the options and the name of the work. Throws `SL_USAGE` with every mistake in it. */
export function parseRunWorkSettings(
  { values, switches, positionals }: Arguments,
  { works }: Pick<Config, 'works'>,
): RunWorkSettings {
  const reader = createOptionReader(values);
  const workers = reader.wholeOr('workers', 256, availableParallelism());
  const [work = ''] = positionals;
  const mistakes = [...reader.mistakes];
  if (positionals.length !== 1) mistakes.push(`needs one work, got ${positionals.length}`);
  else if (!Object.hasOwn(works, work)) mistakes.push(unknownWork(work, Object.keys(works)));
  if (values.output === undefined) mistakes.push('needs --output FILE');
  else if (values.output === values.input)
    mistakes.push('option --output is the input, expected another file');
  if (mistakes.length > 0) throw usageError('run-work', mistakes);
  return {
    work,
    input: values.input!,
    output: values.output!,
    workers,
    resume: switches.has('resume'),
    strict: switches.has('strict'),
    metrics: values.metrics,
    log: values.log,
    json: switches.has('json'),
  };
}

function unknownWork(work: string, known: readonly string[]): string {
  const near = nearest(work, known);
  const hint = near === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${near}`;
  return `work ${work.slice(0, 64)} is not configured, ${hint}`;
}
