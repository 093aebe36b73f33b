import { availableParallelism } from 'node:os';
import type { Config } from '../../config.ts';
import { modelKinds } from '../../models/index.ts';
import type { ModelKind } from '../../models/model.ts';
import { type Arguments, configOption, type Option, usageError } from '../command.ts';
import { nearest } from '../nearest.ts';
import { createOptionReader } from '../replay/option-values.ts';

/** The options of `sightline tune`. */
export const tuneOptions = {
  trials: { value: 'N', default: '50', summary: 'trials of the whole study' },
  budget: { value: 'TIME', default: '1h', summary: 'time it may take: 90s, 10m or 2h' },
  parallel: { value: 'N', default: '1', summary: 'trials at once; the cores are shared by them' },
  study: { value: 'NAME', default: 'tune', summary: 'name to go on with later' },
  config: configOption,
  json: { summary: 'print the result as one line of JSON' },
} satisfies Readonly<Record<string, Option>>;

/** What `sightline tune` was asked to do. */
export interface TuneSettings {
  readonly model: string;
  readonly kind: ModelKind;
  /** Options as they stand in the configuration. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly trials: number;
  readonly budgetSeconds: number;
  readonly parallel: number;
  readonly study: string;
  readonly json: boolean;
}

/** Reads the values of the options and the name of the model. Throws `SL_USAGE` with every mistake in it. */
export function parseTuneSettings(
  { values, switches, positionals }: Arguments,
  { models }: Pick<Config, 'models'>,
): TuneSettings {
  const reader = createOptionReader(values);
  const settings = {
    trials: reader.whole('trials', 10_000),
    parallel: reader.whole('parallel', availableParallelism()),
    budgetSeconds: parseSeconds(values.budget ?? ''),
    study: values.study ?? '',
    json: switches.has('json'),
  };
  if (Number.isNaN(settings.budgetSeconds)) reader.wrong('budget', 'a time like 90s, 10m or 2h');
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(settings.study))
    reader.wrong('study', 'up to 64 letters, digits, _ and -');
  const [model = ''] = positionals;
  const mistakes = [...reader.mistakes, ...mistakesOfModel(positionals, models)];
  if (mistakes.length > 0) throw usageError('tune', mistakes);
  const { kind, options: raw } = models[model];
  return { model, kind: modelKinds[kind], raw, ...settings };
}

function mistakesOfModel(names: readonly string[], models: Config['models']): string[] {
  const [name] = names;
  if (names.length !== 1) return [`needs one model, got ${names.length}`];
  if (!Object.hasOwn(models, name)) {
    const near = nearest(name, Object.keys(models));
    const known = Object.keys(models).join(', ');
    return [
      `model ${name} is not declared, ${near === undefined ? `expected one of ${known}` : `did you mean ${near}`}`,
    ];
  }
  const { searchSpace = {} } = modelKinds[models[name].kind];
  if (Object.keys(searchSpace).length > 0) return [];
  return [`model ${name} is of kind ${models[name].kind}, which has nothing to tune`];
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Seconds of a time; NaN for anything else.
 *
 * @example parseSeconds('10m') // 600
 */
export function parseSeconds(text: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)([smh])$/.exec(text);
  const seconds = match === null ? Number.NaN : Number(match[1]) * unitSeconds[match[2]];
  return seconds > 0 ? seconds : Number.NaN;
}
