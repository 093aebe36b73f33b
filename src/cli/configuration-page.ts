import { z } from 'zod';
import { builtInCatalogue, configSchema, environmentOverrides } from '../config.ts';
import { modelKinds } from '../models/index.ts';
import { algorithmKinds } from '../pipeline/catalogue.ts';

/** The part of JSON Schema that the configuration uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Variables that are no part of the file. */
const ownVariables: Readonly<Record<string, string>> = {
  SIGHTLINE_CONTROL_TOKEN:
    'Token for changes on the control port; without one nothing can be changed there, and only this machine may read',
  SIGHTLINE_KEY: 'Key that `replay` shows to the query port, where `access.keys` has any',
  NODE_COMPILE_CACHE:
    'Folder for the compiled code of threads, `~/.cache/sightline` by default; `NODE_DISABLE_COMPILE_CACHE=1` keeps none',
  SIGHTLINE_DEBUG: '`1` shows the stack of an error on the command line',
  'OTEL_*':
    'The standard variables of OpenTelemetry; spans are sent when `OTEL_EXPORTER_OTLP_ENDPOINT` is set',
};

/** A table of the page: the keys of one map, or of one choice of it. */
interface Section {
  readonly title: string;
  readonly rows: string[];
}

/** The reference of the configuration as Markdown, made from its schema. */
export function configurationPage(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as Schema;
  const sections: Section[] = [];
  addSection('Top level', { path: '', schema }, sections);
  return [
    '# Configuration',
    '',
    'Made from `src/config.ts` by `npm run generate`; change it there.',
    '',
    '`sightline.yaml` holds everything. `sightline check` reads it and lists every mistake with its path.',
    '`NAME` stands for a name of your own, `[]` for each entry of a list.',
    '',
    ...sections.flatMap(tableOf),
    ...modelOptions(),
    ...algorithmTables(),
    '## Environment',
    '',
    'A variable that is set overrides one value of the file.',
    '',
    '| variable | overrides |',
    '|---|---|',
    ...Object.entries(environmentOverrides).map(
      ([variable, path]) => `| \`${variable}\` | \`${path.join('.')}\` |`,
    ),
    '',
    'These are read from the environment alone:',
    '',
    '| variable | |',
    '|---|---|',
    ...Object.entries(ownVariables).map(([variable, text]) => `| \`${variable}\` | ${text} |`),
    '',
  ].join('\n');
}

function tableOf({ title, rows }: Section): string[] {
  return [`## ${title}`, '', '| key | value | default | |', '|---|---|---|---|', ...rows, ''];
}

/** The options of each kind of model. */
function modelOptions(): string[] {
  const sections: Section[] = [];
  for (const { kind, parseOptions } of Object.values(modelKinds))
    if (parseOptions.schema !== undefined)
      addSection(
        `\`models.NAME.options\`, \`kind: ${kind}\``,
        { path: 'options', schema: optionsOf(parseOptions.schema) },
        sections,
      );
  return sections.flatMap(tableOf);
}

/** The algorithms that works may name, with the options of those that have any. */
function algorithmTables(): string[] {
  const algorithms = algorithmKinds.flatMap((kind) =>
    [...builtInCatalogue[kind]].map(([name, { summary, options }]) => ({
      ...{ kind: kind.slice(0, -1), name, summary },
      schema: options instanceof z.ZodType ? optionsOf(options) : undefined,
    })),
  );
  return [
    '## Algorithms',
    '',
    'What stages may use beside the declared models; [plugins](plugins.md) bring more.',
    '',
    '| kind | name | |',
    '|---|---|---|',
    ...algorithms.map(({ kind, name, summary }) => `| ${kind} | \`${name}\` | ${summary} |`),
    '',
    ...algorithms.flatMap(({ kind, name, schema }) => {
      if (schema === undefined) return [];
      const sections: Section[] = [];
      addSection(`Options of the ${kind} \`${name}\``, { path: '', schema }, sections);
      return sections.flatMap(tableOf);
    }),
  ];
}

const optionsOf = (options: z.ZodType): Schema =>
  z.toJSONSchema(options, { io: 'input' }) as Schema;

interface Place {
  readonly path: string;
  readonly schema: Schema;
}

/** Adds a table of the keys of a map; maps and choices below it get tables of their own, after it. */
function addSection(title: string, { path, schema }: Place, sections: Section[]): void {
  const section: Section = { title, rows: [] };
  const later: Place[] = [];
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const place = { path: path === '' ? name : `${path}.${name}`, schema: child };
    const needed = schema.required?.includes(name) ?? false;
    if (!isMapOfKeys(child)) section.rows.push(row(name, child, needed));
    later.push(...mapsBelow(place));
  }
  if (section.rows.length > 0 && !isSaid(section, sections)) sections.push(section);
  for (const place of later) {
    const { oneOf } = place.schema;
    if (oneOf === undefined) addSection(`\`${place.path}\``, place, sections);
    else for (const choice of oneOf) addChoice({ path: place.path, schema: choice }, sections);
  }
}

/** The choices of a list may have maps in common. */
function isSaid({ title, rows }: Section, sections: readonly Section[]): boolean {
  return sections.some((said) => said.title === title && said.rows.join() === rows.join());
}

/** A choice is told apart from its siblings by the one key that is constant. */
function addChoice({ path, schema }: Place, sections: Section[]): void {
  const tag = Object.entries(schema.properties ?? {}).find(
    ([, child]) => child.const !== undefined,
  );
  if (tag === undefined) {
    addSection(`\`${path}\``, { path, schema }, sections);
    return;
  }
  const [key, { const: value }] = tag;
  const inside = path.endsWith('[]') ? `${path.slice(0, -2)}[${value}]` : path;
  addSection(`\`${path}\`, \`${key}: ${value}\``, { path: inside, schema }, sections);
}

function isMapOfKeys(schema: Schema): boolean {
  return schema.properties !== undefined || schema.oneOf !== undefined;
}

/** The maps that a value is or holds: itself, what its names lead to, or the entries of its list. */
function mapsBelow({ path, schema }: Place): Place[] {
  if (isMapOfKeys(schema)) return [{ path, schema }];
  const { additionalProperties, items, anyOf = [] } = schema;
  if (anyOf.length > 0) return anyOf.flatMap((form) => mapsBelow({ path, schema: form }));
  if (typeof additionalProperties === 'object')
    return mapsBelow({ path: `${path}.NAME`, schema: additionalProperties });
  return items === undefined ? [] : mapsBelow({ path: `${path}[]`, schema: items });
}

function row(name: string, schema: Schema, needed: boolean): string {
  const preset = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
  const cells = [`\`${name}\``, kindOf(schema), needed ? 'needed' : preset, descriptionOf(schema)];
  return `| ${cells.join(' | ')} |`;
}

function kindOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(' or ');
  if (schema.type === 'array') return `list of ${kindOf(schema.items ?? {})}`;
  if (isMapOfKeys(schema)) return 'map';
  if (schema.type !== 'object') return `${schema.type ?? 'any'}${rangeOf(schema)}`;
  const { additionalProperties } = schema;
  const inside = typeof additionalProperties === 'object' ? kindOf(additionalProperties) : 'any';
  return inside === 'any' ? 'map' : `map of names to ${inside}`;
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const bounds: string[] = [];
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) bounds.push(`from ${minimum}`);
  if (exclusiveMinimum !== undefined) bounds.push(`above ${exclusiveMinimum}`);
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) bounds.push(`to ${maximum}`);
  return bounds.length === 0 ? '' : ` ${bounds.join(' ')}`;
}

function descriptionOf({ description = '' }: Schema): string {
  return description.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
