import { type Mistake, SightlineError } from '../domain/errors.ts';
import { type AlgorithmKind, type Catalogue, checkOptions } from './catalogue.ts';
import { missingParts } from './missing-parts.ts';

/** What works may name. */
export interface Declared {
  readonly catalogue: Catalogue;
  /** Names of the models. */
  readonly models: readonly string[];
  /** Names of the feature stores; undefined where nobody can say yet. */
  readonly stores?: readonly string[] | undefined;
  /** Names of the global tables, likewise. */
  readonly tables?: readonly string[] | undefined;
  /** Whether more algorithms come from plugins that nobody has read yet: unknown names are then no mistake. */
  readonly isOpen?: boolean;
}

/**
 * What one schema cannot see: stages that name algorithms nobody declares or give them options that they do not take,
 * stages that stand twice or are missing. Works on unchecked input, so that these mistakes are reported beside all
 * others.
 */
export function crossCheckWorks(works: unknown, declared: Declared): Mistake[] {
  return [
    ...twiceNamed(declared),
    ...Object.entries(recordOf(works)).flatMap(([work, value]) => wrongWork(work, value, declared)),
  ];
}

function wrongWork(work: string, value: unknown, declared: Declared): Mistake[] {
  const { stages } = recordOf(value);
  if (!Array.isArray(stages)) return [];
  const path = `works.${work}.stages`;
  const read = featuresBefore(stages);
  return [
    ...wrongStages(stages, path),
    ...stages.flatMap((stage, s) => [
      ...wrongFeatures(recordOf(stage), declared, `${path}.${s}`),
      ...wrongUses(recordOf(stage), { ...declared, features: read(s) }, `${path}.${s}`),
    ]),
  ];
}

/** A stage that names one of them could not say which it means. */
function twiceNamed({ models, catalogue }: Declared): Mistake[] {
  return models
    .filter((model) => catalogue.retrievers.has(model) || catalogue.scorers.has(model))
    .map((model) => ({
      path: `models.${model}`,
      message: 'has the name of a built-in algorithm or one of a plugin, expected another',
    }));
}

/** Throws `SL_CONFIG_INVALID` with every mistake that `crossCheckWorks` finds. */
export function assertWorks(works: unknown, declared: Declared): void {
  const mistakes = crossCheckWorks(works, declared);
  if (mistakes.length === 0) return;
  const list = mistakes.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new SightlineError('SL_CONFIG_INVALID', `works cannot be built: ${list}`, { mistakes });
}

function wrongStages(stages: readonly unknown[], path: string): Mistake[] {
  const names = stages.map((stage) => recordOf(stage).stage);
  const labels = stages.map((stage, s) => labelOf(names[s], recordOf(stage).use));
  const twice = labels.flatMap((label, s) =>
    labels.indexOf(label) < s
      ? [{ path: `${path}.${s}`, message: `stage ${label} stands twice, expected once` }]
      : [],
  );
  const misplaced = names.flatMap((stage, s) =>
    stage === 'custom' && !isBetween(names, s)
      ? [{ path: `${path}.${s}`, message: 'stands elsewhere, expected between score and rerank' }]
      : [],
  );
  const missing = ['intent', 'retrieve', 'score', 'rerank', 'filter']
    .filter((stage) => !names.includes(stage))
    .map((stage) => ({ path, message: `stage ${stage} is missing` }));
  return [...twice, ...misplaced, ...missing];
}

/** Stages of plugins are told apart by what they use. */
const labelOf = (stage: unknown, use: unknown): string =>
  stage === 'custom' ? `custom ${use}` : String(stage);

/** Before the scores there is nothing to change, and after the order nobody reads them. */
function isBetween(names: readonly unknown[], s: number): boolean {
  return names.lastIndexOf('score', s) >= 0 && names.indexOf('rerank', s) >= 0;
}

const kindOf: Readonly<Record<string, AlgorithmKind>> = {
  retrieve: 'retrievers',
  score: 'scorers',
  rerank: 'rerankers',
  filter: 'filters',
  custom: 'stages',
};

/** Answers the names of the features that are read before a stage. */
function featuresBefore(stages: readonly unknown[]): (s: number) => readonly string[] {
  const at = stages.findIndex((stage) => recordOf(stage).stage === 'features');
  const names = at < 0 ? [] : declaredFeatures(recordOf(stages[at])).map(({ feature }) => feature);
  return (s) => (at >= 0 && at < s ? names.map(String) : []);
}

function declaredFeatures({ use }: Readonly<Record<string, unknown>>) {
  const entries = Array.isArray(use) ? use : [];
  return entries.map((entry) => recordOf(entry)).filter(({ feature }) => feature !== undefined);
}

function wrongFeatures(
  stage: Readonly<Record<string, unknown>>,
  { stores }: Declared,
  path: string,
): Mistake[] {
  if (stage.stage !== 'features') return [];
  const declared = declaredFeatures(stage);
  const names = declared.map(({ feature }) => feature);
  return declared.flatMap(({ feature, store }, f) => [
    ...(names.indexOf(feature) < f
      ? [{ path: `${path}.use`, message: `feature ${feature} stands twice, expected once` }]
      : []),
    ...(typeof store === 'string' && stores !== undefined && !stores.includes(store)
      ? [{ path: `${path}.use`, message: unknownStore(String(feature), store, stores) }]
      : []),
  ]);
}

function unknownStore(feature: string, store: string, stores: readonly string[]): string {
  const known = stores.join(', ') || 'none';
  return `store ${store} of feature ${feature} is not declared, expected one of ${known}`;
}

/** What the algorithms of one stage may name. */
interface DeclaredHere extends Declared {
  readonly features: readonly string[];
}

function wrongUses(
  stage: Readonly<Record<string, unknown>>,
  declared: DeclaredHere,
  path: string,
): Mistake[] {
  const kind = Object.hasOwn(kindOf, String(stage.stage)) ? kindOf[String(stage.stage)] : undefined;
  if (kind === undefined) return [];
  return usesOf(stage, path).flatMap((use) => wrongUse(use, kind, declared));
}

interface Use {
  readonly algorithm: string;
  readonly options: unknown;
  readonly path: string;
  readonly optionsPath: string;
}

/** The algorithms that a stage names, in each of the forms that the schema allows. */
function usesOf({ use, options }: Readonly<Record<string, unknown>>, path: string): Use[] {
  if (!Array.isArray(use)) {
    const algorithm = use === undefined ? 'mmr' : use;
    if (typeof algorithm !== 'string') return [];
    return [{ algorithm, options, path: `${path}.use`, optionsPath: `${path}.options` }];
  }
  return use.flatMap((entry, u) => {
    const at = `${path}.use.${u}`;
    if (typeof entry === 'string')
      return [{ algorithm: entry, options: undefined, path: at, optionsPath: at }];
    const { algorithm, options: inner } = recordOf(entry);
    if (typeof algorithm !== 'string') return [];
    return [{ algorithm, options: inner, path: `${at}.algorithm`, optionsPath: `${at}.options` }];
  });
}

function wrongUse(
  { algorithm, options, path, optionsPath }: Use,
  kind: AlgorithmKind,
  { catalogue, models, features, tables, isOpen = false }: DeclaredHere,
): readonly Mistake[] {
  const takesModels = kind === 'retrievers' || kind === 'scorers';
  if (takesModels && models.includes(algorithm)) {
    const isPlain = Object.keys(recordOf(options)).length === 0;
    const message = 'are given, expected none: a model has its own under models';
    return isPlain ? [] : [{ path: optionsPath, message }];
  }
  const definition = catalogue[kind].get(algorithm);
  if (definition !== undefined) {
    const checked = checkOptions(definition, options, optionsPath);
    if ('mistakes' in checked) return checked.mistakes;
    const missing = missingParts(definition, checked.options, { features, tables });
    return missing.map((message) => ({ path, message: `algorithm ${algorithm} ${message}` }));
  }
  if (isOpen) return [];
  const known = [...(takesModels ? models : []), ...catalogue[kind].keys()].join(', ');
  return [{ path, message: `algorithm ${algorithm} is not declared, expected one of ${known}` }];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
