import { builtInCatalogue, type Config } from './config.ts';
import { parseOptions } from './pipeline/catalogue.ts';
import type {
  Definition,
  StageDefinition,
  WorkDefinition,
} from './provisioning/source/definition.ts';
import type { MetricDefinition } from './provisioning/source/metric-definition.ts';

type WorkConfig = Config['works'][string];
type StageConfig = WorkConfig['stages'][number];

/**
 * What dashboards, rules and the collector are generated for, taken from a configuration.
 *
 * @example define(config).works[0].strategy // 'home-blend'
 */
export function define(config: Config, ownMetrics: readonly MetricDefinition[] = []): Definition {
  const { provisioning, telemetry, works, experiments, segments, models, anomaly } = config;
  const { environment, nodes, scrapeSeconds, sloDays, grafanaUrl, runbookUrl } = provisioning;
  const strategyOf = (work: string) => works[work]?.strategy ?? work;
  return {
    service: telemetry.serviceName,
    environment,
    nodes,
    scrapeSeconds,
    sloDays,
    grafanaUrl: grafanaUrl.replace(/\/+$/, ''),
    runbookUrl: runbookUrl ?? 'alerts/runbook.md',
    works: Object.entries(works).map(([name, work]) => workOf(name, work, config)),
    experiments: Object.entries(experiments).map(([name, { work, control, treatment }]) => ({
      name,
      control: strategyOf(control.work ?? work),
      treatment: strategyOf(treatment.work),
    })),
    segments,
    models: Object.keys(models),
    tickSeconds: anomaly.tickSeconds,
    keyVariables: Object.values(config.access.keys).map(({ secret }) => secret),
    ownMetrics,
  };
}

function workOf(name: string, work: WorkConfig, { models }: Config): WorkDefinition {
  const { strategy, budgetMs, slo, stages } = work;
  const used = new Set(stages.flatMap(algorithmsOf));
  return {
    name,
    strategy,
    budgetMs,
    slo,
    stages: stages.flatMap(stageOf),
    models: Object.keys(models).filter((model) => used.has(model)),
  };
}

/** Stages of plugins share one name in the series, so they are one here, held to the budget of the work. */
function stageOf(options: StageConfig, at: number, all: readonly StageConfig[]): StageDefinition[] {
  const { stage: name, budgetMs } = options;
  if (options.stage !== 'custom') return [{ name, budgetMs, slo: options.slo }];
  const isFirst = all.findIndex(({ stage }) => stage === 'custom') === at;
  return isFirst ? [{ name, budgetMs: undefined, slo: {} }] : [];
}

function algorithmsOf(stage: StageConfig): string[] {
  if (stage.stage === 'retrieve' || stage.stage === 'score') {
    return stage.use.map(({ algorithm }) => algorithm);
  }
  if (stage.stage !== 'rerank') return [];
  const definition = builtInCatalogue.rerankers.get(stage.use);
  if (definition?.models === undefined) return [];
  return [...definition.models(parseOptions(definition, stage.options))];
}
