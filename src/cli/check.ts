import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readDigests } from '../access/read-digests.ts';
import { type Config, readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { openRegistry } from '../models/registry.ts';
import { assertWorks } from '../pipeline/cross-check-works.ts';
import { createPluginShelf, type LoadedPlugin } from '../plugins/plugin-shelf.ts';
import { accessLine } from './access-line.ts';
import { type Command, configOption } from './command.ts';
import { readOwnMetrics } from './generated-files.ts';
import { gorseLine } from './gorse-line.ts';

/** Checks the configuration and tells what a start with it would do; opens and changes nothing. */
export const check: Command = {
  name: 'check',
  summary: 'check the configuration and say what a start would do',
  details:
    'Reads the file and the environment. Lists every mistake with its path, and exits with 1.',
  options: { config: configOption },
  run: async ({ values }, terminal) => {
    const config = readConfig(values.config!, terminal.environment);
    const folder = dirname(resolve(values.config!));
    await readOwnMetrics(config, folder);
    const plugins = await checkPlugins(config, folder);
    const keys = keyLines(config, terminal.environment);
    terminal.out(`${values.config} is good\n\n${await summary(config, plugins, keys)}`);
    return 0;
  },
};

/** Tries every plugin, and the works with what they bring. */
async function checkPlugins(config: Config, folder: string): Promise<readonly LoadedPlugin[]> {
  const shelf = createPluginShelf({ folder, clock: systemClock });
  const { catalogue, plugins, release } = await shelf.load(config.plugins);
  try {
    assertWorks(config.works, {
      catalogue,
      models: Object.keys(config.models),
      stores: Object.keys(config.features.stores),
      tables: Object.keys(config.tables),
    });
    return plugins;
  } finally {
    await release();
  }
}

async function summary(
  config: Config,
  plugins: readonly LoadedPlugin[],
  keys: readonly string[],
): Promise<string> {
  const { works, models, tables, features } = config;
  const names = [works, models, tables, features.stores].flatMap(Object.keys);
  const width = Math.max(16, ...names.map(({ length }) => length));
  const pad = (name: string) => name.padEnd(width);
  return [
    'works',
    ...Object.entries(works).flatMap(([name, work]) => workLines(pad(name), work)),
    'models',
    ...(await modelLines(config, pad)),
    ...section(
      'plugins',
      plugins.map((plugin) => `  ${pad(plugin.name)} ${pluginText(plugin)}`),
    ),
    ...section(
      'tables',
      Object.entries(tables).map(([name, table]) => tableLine(pad(name), table)),
    ),
    ...section(
      'feature stores',
      Object.entries(features.stores).map(([name, store]) => storeLine(pad(name), store)),
    ),
    'a start would',
    ...[...startLines(config), ...keys].map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** Why a start with this environment would stop. A check does without the secrets, so that whoever has none can make it. */
function keyLines(
  { access }: Config,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  try {
    readDigests(access.keys, environment);
    return [];
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    return error.mistakes.map(({ path, message }) => `stop at once here, as ${path}: ${message}`);
  }
}

function modelLines(
  { models, modelFolder }: Config,
  pad: (name: string) => string,
): Promise<string[]> {
  const registry = openRegistry({ folder: modelFolder });
  const lines = Object.entries(models).map(async ([name, { kind }]) => {
    const version = (await registry.history(name)).find(({ isCurrent }) => isCurrent)?.version;
    const state = version === undefined ? 'not trained yet' : `trained, version ${version}`;
    return `  ${pad(name)} ${kind.padEnd(12)} ${state}`;
  });
  return Promise.all(lines);
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : [title, ...lines];

function tableLine(name: string, { kind, file }: Config['tables'][string]): string {
  return `  ${name} ${kind.padEnd(12)} ${file}${missing(file)}`;
}

function storeLine(name: string, store: Config['features']['stores'][string]): string {
  const kind = store.kind === 'plugin' ? store.store : store.kind;
  return `  ${name} ${kind.padEnd(12)} ${store.timeoutMs} ms`;
}

function pluginText({ source, hash, isolated }: LoadedPlugin): string {
  return `${source}, version ${hash}${isolated ? ', isolated' : ''}`;
}

function workLines(name: string, work: Config['works'][string]): string[] {
  const { surface, strategy, budgetMs, stages } = work;
  return [
    `  ${name} surface ${surface}, strategy ${strategy}, budget ${budgetMs} ms`,
    ...stages.map((stage) => `    ${stage.stage.padEnd(14)} ${componentsOf(stage)}`),
  ];
}

function componentsOf(stage: Config['works'][string]['stages'][number]): string {
  if (stage.stage === 'score') {
    return stage.use.map(({ algorithm, weight }) => `${algorithm} × ${weight}`).join(', ');
  }
  if (stage.stage === 'retrieve') {
    return stage.use.map(({ algorithm, limit }) => `${algorithm} (${limit})`).join(', ');
  }
  if (stage.stage === 'filter') return stage.use.map(({ algorithm }) => algorithm).join(', ');
  return typeof stage.use === 'string' ? stage.use : stage.use.join(', ');
}

function startLines({ store, dataset, modelFolder, http, access, gorse }: Config): string[] {
  const filled = store.kind === 'sqlite' && existsSync(store.folder);
  return [
    store.kind === 'memory'
      ? 'keep data in memory, and lose it when it stops'
      : `${filled ? 'open' : 'make'} the data folder ${store.folder}`,
    ...(dataset === undefined || filled ? [] : [`import ${dataset.path}${missing(dataset.path)}`]),
    `load models from ${modelFolder}, and train those that are not trained yet`,
    `listen on ${http.query.host}:${http.query.port} and ${http.control.host}:${http.control.port}`,
    `have the query port ${accessLine(access)}`,
    ...(gorse === undefined ? [] : [`serve ${gorseLine(gorse)}`]),
  ];
}

function missing(path: string): string {
  return existsSync(path) ? '' : ', which does not exist';
}
