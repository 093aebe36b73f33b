import type { Config } from '../../config.ts';
import type { StageName } from '../../domain/degradation.ts';
import { type AlgorithmKind, checkOptions, type Definition } from '../../pipeline/catalogue.ts';
import type { Plugin } from '../../plugins/plugin.ts';

/** One place where a work names an algorithm or a model. */
export interface AlgorithmUse {
  readonly work: string;
  readonly stage: StageName;
  readonly kind: AlgorithmKind;
  readonly algorithm: string;
  readonly options: unknown;
  readonly slo: {
    readonly availability?: number | undefined;
    readonly latencyP99Ms?: number | undefined;
  };
}

/** Every use of an algorithm in some works. */
export function usesIn(works: Config['works']): AlgorithmUse[] {
  return Object.entries(works).flatMap(([work, { stages }]) =>
    stages.flatMap((stage) =>
      usesOf(stage).map((use) => ({
        ...use,
        work,
        stage: stage.stage,
        slo: 'slo' in stage ? stage.slo : {},
      })),
    ),
  );
}

type Use = Pick<AlgorithmUse, 'kind' | 'algorithm' | 'options'>;

function usesOf(stage: Config['works'][string]['stages'][number]): Use[] {
  const all = (kind: AlgorithmKind, uses: readonly { algorithm: string; options?: unknown }[]) =>
    uses.map(({ algorithm, options }) => ({ kind, algorithm, options }));
  switch (stage.stage) {
    case 'retrieve':
      return all('retrievers', stage.use);
    case 'score':
      return all('scorers', stage.use);
    case 'rerank':
      return [{ kind: 'rerankers', algorithm: stage.use, options: stage.options }];
    case 'filter':
      return all('filters', stage.use);
    case 'custom':
      return [{ kind: 'stages', algorithm: stage.use, options: stage.options }];
    default:
      return [];
  }
}

/** Whether a use is one of an algorithm; where a model has the same name, the model is meant. */
export function isUseOf(
  use: AlgorithmUse,
  { kind, name, declared }: { kind: AlgorithmKind; name: string; declared: readonly string[] },
): boolean {
  return (
    use.kind === kind && use.algorithm === name && !(takesModels(use) && declared.includes(name))
  );
}

/** Whether a use is one of a model, or of an algorithm that reads it. */
export function readsModel(
  use: AlgorithmUse,
  { name, plugins }: { name: string; plugins: readonly Plugin[] },
): boolean {
  if (takesModels(use) && use.algorithm === name) return true;
  const definition: Definition<unknown> | undefined = plugins
    .map((plugin) => plugin[use.kind]?.[use.algorithm])
    .find((found) => found !== undefined);
  if (definition?.models === undefined) return false;
  const checked = checkOptions(definition, use.options, '');
  return 'options' in checked && definition.models(checked.options).includes(name);
}

const takesModels = ({ kind }: AlgorithmUse) => kind === 'retrievers' || kind === 'scorers';
