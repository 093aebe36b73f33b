import { z } from 'zod';
import type { Config } from '../../config.ts';
import { stageNames } from '../../domain/degradation.ts';
import type { Gateway } from '../../gateway.ts';
import { modelKinds } from '../../models/index.ts';
import { algorithmKinds } from '../../pipeline/catalogue.ts';
import { partKinds } from '../../plugins/loading/plugin-mistakes.ts';
import { exposedName, type MetricName } from '../../telemetry/metrics.ts';
import { type AlgorithmUse, isUseOf, readsModel, usesIn } from './algorithm-uses.ts';
import { optionsJsonSchema } from './options-json-schema.ts';

const kinds = [...algorithmKinds, 'models', ...partKinds] as const;

const componentSchema = z
  .strictObject({
    kind: z.enum(kinds),
    name: z.string(),
    plugin: z.string().meta({ description: 'Who brings it' }),
    summary: z.string(),
    options: z
      .looseObject({})
      .nullable()
      .meta({ description: 'JSON Schema of its options; null for none, or where it tells none' }),
    used_by: z.array(
      z.strictObject({
        work: z.string(),
        stage: z.enum(stageNames),
        slo: z
          .strictObject({
            availability: z.number().nullable(),
            latency_p99_ms: z.number().nullable(),
          })
          .meta({ description: 'What the stage promises' }),
      }),
    ),
    metrics: z.array(z.string()).meta({ description: 'Series that have its name as a label' }),
  })
  .meta({ id: 'Component' });

/** The answer of `GET /control/components`. */
export const componentsSchema = z.strictObject({ components: z.array(componentSchema) });

type Component = z.output<typeof componentSchema>;

const metricsOf: Readonly<Record<(typeof kinds)[number], readonly MetricName[]>> = {
  retrievers: ['component_duration_seconds', 'retriever_hits_total'],
  scorers: ['component_duration_seconds'],
  rerankers: ['stage_duration_seconds'],
  stages: ['stage_duration_seconds'],
  filters: ['component_duration_seconds', 'filter_removed_total'],
  models: [
    ...(['component_duration_seconds', 'retriever_hits_total', 'model_loaded'] as const),
    ...(['model_age_seconds', 'model_failures_total', 'model_size_bytes'] as const),
    'training_duration_seconds',
  ],
  signals: ['plugin_signal'],
  detectors: [],
};

/** Every algorithm at hand and every declared model with what uses it, and the signals and detectors of plugins. */
export function listComponents(gateway: Gateway): z.output<typeof componentsSchema> {
  const uses = usesIn(gateway.settings().works);
  return {
    components: [...algorithms(gateway, uses), ...models(gateway, uses), ...parts(gateway)],
  };
}

function algorithms({ plugins, settings }: Gateway, uses: readonly AlgorithmUse[]): Component[] {
  const declared = Object.keys(settings().models);
  return plugins.flatMap((plugin) =>
    algorithmKinds.flatMap((kind) =>
      Object.entries(plugin[kind] ?? {}).map(([name, { summary, options }]) => ({
        kind,
        name,
        plugin: plugin.name,
        summary,
        options: options === undefined ? null : optionsJsonSchema(options),
        used_by: uses.filter((use) => isUseOf(use, { kind, name, declared })).map(showUse),
        metrics: metricsOf[kind].map(exposedName),
      })),
    ),
  );
}

function models({ plugins, settings }: Gateway, uses: readonly AlgorithmUse[]): Component[] {
  return Object.entries(settings().models).map(([name, { kind }]: [string, ModelOptions]) => {
    const { schema } = modelKinds[kind].parseOptions;
    return {
      kind: 'models',
      name,
      plugin: 'sightline',
      summary: `a model of kind ${kind}`,
      options: schema === undefined ? null : optionsJsonSchema(schema),
      used_by: uses.filter((use) => readsModel(use, { name, plugins })).map(showUse),
      metrics: metricsOf.models.map(exposedName),
    };
  });
}

function parts({ plugins }: Gateway): Component[] {
  return plugins.flatMap((plugin) =>
    partKinds.flatMap((kind) =>
      Object.entries(plugin[kind] ?? {}).map(([name, { summary, options }]) => ({
        ...{ kind, name, plugin: plugin.name, summary, used_by: [] },
        options: options === undefined ? null : optionsJsonSchema(options),
        metrics: metricsOf[kind].map(exposedName),
      })),
    ),
  );
}

type ModelOptions = Config['models'][string];

function showUse({ work, stage, slo }: AlgorithmUse): Component['used_by'][number] {
  return {
    work,
    stage,
    slo: { availability: slo.availability ?? null, latency_p99_ms: slo.latencyP99Ms ?? null },
  };
}
