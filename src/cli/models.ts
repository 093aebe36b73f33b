import { readConfig } from '../config.ts';
import { type KeptVersion, openRegistry } from '../models/registry.ts';
import { type Command, configOption } from './command.ts';

/** Lists the versions of every model that are kept. */
export const models: Command = {
  name: 'models',
  summary: 'list the versions of the models that are kept',
  details: [
    'Says of each which one serves, when it was trained and why, how well it did on a hold-out, and',
    'what the gate said.',
  ].join('\n'),
  options: { config: configOption },
  run: async ({ values }, terminal) => {
    const config = readConfig(values.config!, terminal.environment);
    const registry = openRegistry({ folder: config.modelFolder });
    for (const [name, { kind }] of Object.entries(config.models)) {
      const kept = await registry.history(name);
      terminal.out(`${name} (${kind})${kept.length === 0 ? ' not trained yet' : ''}\n`);
      for (const one of kept) terminal.out(`  ${lineOf(one)}\n`);
    }
    return 0;
  },
};

function lineOf({ version, isCurrent, record }: KeptVersion): string {
  const mark = isCurrent ? 'current' : '';
  if (record === undefined) return `${version}  ${mark.padEnd(8)} nothing is known of it`;
  const { trainedAtMs, lineage, quality, gate } = record;
  const at = new Date(trainedAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const told = [
    `trained ${at} (${lineage.trigger})`,
    ...(quality === null ? [] : [`NDCG ${quality.ndcg.toFixed(4)} of ${quality.cases} cases`]),
    ...(gate?.reasons ?? []).map(({ message }) => message),
  ];
  return `${version}  ${mark.padEnd(8)} ${told.join(', ')}`;
}
