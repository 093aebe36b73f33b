import type { Emit } from '../telemetry/facts.ts';
import type { Experiment } from './experiment.ts';
import { type Flags, openFlags } from './flags.ts';
import type { FlagsOptions } from './flags-schema.ts';
import { loadProvider } from './load-provider.ts';

/** What a provider is opened for. */
export interface ProviderParts {
  readonly experiments: readonly Experiment[];
  /** Share of treatment in force. */
  readonly shareOf: (experiment: string) => number;
  readonly emit: Emit;
}

/** The flags of the experiments, and what is to be called when a share has changed. */
export interface OpenedProvider {
  readonly flags: Flags;
  readonly follow: () => void;
}

const noFlags: Flags = {
  provider: 'none',
  status: () => 'READY',
  evaluate: async ({ otherwise }) => ({ value: otherwise }),
  close: async () => {},
};

/** Opens the provider that the configuration names; neither it nor OpenFeature is loaded without an experiment. */
export async function openProvider(
  options: FlagsOptions,
  { experiments, shareOf, emit }: ProviderParts,
): Promise<OpenedProvider> {
  const follow = () => {};
  if (experiments.length === 0) return { flags: noFlags, follow };
  if (options.provider === 'module') {
    const { module: name, readyMs, timeoutMs } = options;
    const load = () => loadProvider(options);
    return { flags: await openFlags({ load, name, emit, readyMs, timeoutMs }), follow };
  }
  const { createBuiltinProvider } = await import('./builtin-provider.ts');
  const provider = createBuiltinProvider(experiments, shareOf);
  const flags = await openFlags({ load: async () => provider, name: 'sightline', emit });
  return { flags, follow: () => provider.follow() };
}
