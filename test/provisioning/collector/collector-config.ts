import { parse } from 'yaml';
import { otelCollector } from '../../../src/provisioning/collector/otel-collector.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { exampleDefinition } from '../example-definition.ts';

/** A component as its file configures it. */
// biome-ignore lint/suspicious/noExplicitAny: components have little in common
export type Component = Record<string, any>;

/** A pipeline of the collector. */
export interface Pipeline {
  receivers: string[];
  processors?: string[];
  exporters: string[];
}

/** The configuration of a collector, parsed. */
export interface CollectorConfig {
  extensions: Record<string, Component>;
  receivers: Record<string, Component>;
  processors: Record<string, Component>;
  connectors: Record<string, Component>;
  exporters: Record<string, Component>;
  service: { extensions: string[]; pipelines: Record<string, Pipeline>; telemetry: Component };
}

const usual: CollectorConfig = parse(otelCollector(exampleDefinition()).text);

/** The configuration that is generated for a gateway; the caller may damage it. */
export function collectorConfig(different?: Partial<Definition>): CollectorConfig {
  if (different === undefined) return structuredClone(usual);
  return parse(otelCollector(exampleDefinition(different)).text);
}
