import { type Mistake, SightlineError } from '../domain/errors.ts';
import type { Surface } from '../domain/intent.ts';
import type { OptionsSchema } from '../domain/options-schema.ts';
import type { ModelSlot } from '../models/model.ts';
import type { GlobalTable } from '../stores/tables/global-table.ts';
import type { CustomStage, Filter, Reranker, Retriever, Scorer } from './algorithm.ts';
import type { QueryIndex } from './algorithms/query-index.ts';

/** What an algorithm may be made of: the parts of the generation that it will run in. */
export interface AlgorithmParts {
  readonly surface: Surface;
  readonly models: ReadonlyMap<string, ModelSlot>;
  readonly tables: ReadonlyMap<string, GlobalTable>;
  readonly segments: ReadonlySet<string>;
  readonly index: QueryIndex;
}

/** How an algorithm is made, under the name that a work refers to. */
export interface Definition<Algorithm, Options = unknown> {
  /** One line for people. */
  readonly summary: string;
  /** Absent where there are no options. */
  readonly options?: OptionsSchema<Options> | undefined;
  /** Names of the models that it reads. */
  models?(options: Options): readonly string[];
  /** Names of the features that it reads; a work that does not declare them is refused. */
  features?(options: Options): readonly string[];
  /** Names of the global tables that it reads. */
  tables?(options: Options): readonly string[];
  /** Makes the algorithm for one use in one generation. What it throws fails the build of the generation. */
  create(options: Options, parts: AlgorithmParts): Algorithm;
}

/** What each kind of algorithm is without what its use in a work adds. */
export interface Algorithms {
  readonly retrievers: Omit<Retriever, 'name' | 'limit'>;
  readonly scorers: Omit<Scorer, 'name' | 'weight'>;
  readonly rerankers: Omit<Reranker, 'name'>;
  readonly filters: Omit<Filter, 'name'>;
  readonly stages: Omit<CustomStage, 'name'>;
}

/** A kind of algorithm. */
export type AlgorithmKind = keyof Algorithms;

/** The function that each kind of algorithm is there for. */
export const methodOf = {
  retrievers: 'retrieve',
  scorers: 'score',
  rerankers: 'rerank',
  filters: 'judge',
  stages: 'adjust',
} as const satisfies { readonly [Kind in AlgorithmKind]: keyof Algorithms[Kind] };

/** The kinds of algorithms. */
export const algorithmKinds = Object.keys(methodOf) as readonly AlgorithmKind[];

/** The algorithms at hand, by kind and name. A declared model is a retriever and a scorer beside them. */
export type Catalogue = {
  readonly [Kind in AlgorithmKind]: ReadonlyMap<string, Definition<Algorithms[Kind]>>;
};

/** Options as an algorithm takes them, or what is wrong with them. */
export function checkOptions(
  { options: schema }: Pick<Definition<unknown>, 'options'>,
  given: unknown,
  path: string,
): { readonly options: unknown } | { readonly mistakes: readonly Mistake[] } {
  if (schema === undefined) return noOptions(given, path);
  const checked = schema['~standard'].validate(given ?? {});
  if (checked instanceof Promise) {
    return { mistakes: [{ path, message: 'are checked in the background, expected at once' }] };
  }
  if (checked.issues === undefined) return { options: checked.value };
  return {
    mistakes: checked.issues.map(({ message, path: inside = [] }) => ({
      path: [path, ...inside.map(keyOf)].join('.'),
      message,
    })),
  };
}

/** The options of an algorithm with its defaults. Throws `SL_CONFIG_INVALID` with every mistake. */
export function parseOptions<Options>(
  definition: Pick<Definition<unknown, Options>, 'options'>,
  given: unknown,
  path = 'options',
): Options {
  const checked = checkOptions(definition, given, path);
  if ('options' in checked) return checked.options as Options;
  const { mistakes } = checked;
  const list = mistakes.map((mistake) => `${mistake.path} ${mistake.message}`).join('; ');
  throw new SightlineError('SL_CONFIG_INVALID', list, { path, mistakes });
}

function noOptions(given: unknown, path: string) {
  if (given === undefined || Object.keys(given as object).length === 0) return { options: {} };
  return { mistakes: [{ path, message: 'are given, expected none for this algorithm' }] };
}

const keyOf = (part: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof part === 'object' ? part.key : part);
