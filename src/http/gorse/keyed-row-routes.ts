import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import type { Rows } from '../../stores/store.ts';
import type { HttpContext } from '../env.ts';
import type { App } from '../routes.ts';
import { gorseJson } from './answers.ts';
import { readRows } from './go-json.ts';
import { readGorseBody } from './gorse-body.ts';
import {
  addGorseRoute,
  type GorseDoors,
  type GorseHandle,
  type GorseRoute,
  type Visit,
} from './gorse-route.ts';
import type { KeyedRows } from './keyed-rows.ts';
import type { Namespace } from './namespace.ts';
import { pathParts } from './path-parts.ts';
import type { Quota, SizedRow } from './quota.ts';
import type { GorseRowKind, GorseTable } from './row-kind.ts';
import { readRowPage, rowPageSchema, showCursor } from './row-page.ts';
import { successSchema } from './row-schemas.ts';

/** Finds rows by words, the best first. */
export type Search<Row> = (
  query: string,
  options: { readonly count: number; readonly namespace: Namespace },
) => Promise<readonly Row[]>;

/** What the routes of one table are added with. */
interface KeyedRowTools<Table extends GorseTable, Input extends SizedRow> {
  readonly gateway: Gateway;
  readonly quota: Quota;
  readonly doors: GorseDoors;
  readonly rows: KeyedRows<Table, Input>;
  readonly search?: Search<Rows[Table]>;
}

const malformed = { 400: 'A body or parameter that is wrong' };
const unavailable = { 503: 'The store cannot be reached' };
const writing = { ...unavailable, 507: 'The store is full' };
const quota = { 429: 'More than `gorse.quota` allows' };
const badBody = {
  ...malformed,
  413: 'Too large',
  415: 'No JSON by its type',
  ...quota,
  ...writing,
};

/** What a call answers that was about one row. */
const affected = { RowAffected: 1 };

/** Adds the routes that put, read, list, change and delete users or items. */
export function addKeyedRowRoutes<
  Table extends GorseTable,
  Input extends SizedRow,
  Patch extends SizedRow,
>(app: App, kind: GorseRowKind<Table, Input, Patch>, tools: KeyedRowTools<Table, Input>): void {
  const handles = { ...createWriteHandles(kind, tools), ...createReadHandles(kind, tools) };
  const documents = documentRows(kind as unknown as GorseRowKind, tools.search !== undefined);
  for (const name of Object.keys(handles) as (keyof typeof handles)[])
    addGorseRoute(app, documents[name], { handle: handles[name], doors: tools.doors });
}

type WriteName = 'put' | 'putMany' | 'change' | 'remove';
type ReadName = 'read' | 'list';

/** Reads the id in the path, as it is stored. */
function createIdReader(
  kind: Pick<GorseRowKind, 'singular'>,
): (c: HttpContext, namespace: Namespace) => string {
  const path = pathOf(kind);
  return (c, namespace) => namespace.inner(pathParts(c, path)[`${kind.singular}-id`]);
}

function createWriteHandles<
  Table extends GorseTable,
  Input extends SizedRow,
  Patch extends SizedRow,
>(
  kind: GorseRowKind<Table, Input, Patch>,
  { gateway: { config }, quota, rows }: KeyedRowTools<Table, Input>,
): Readonly<Record<WriteName, GorseHandle>> {
  const idIn = createIdReader(kind);
  const read = (c: HttpContext) => readGorseBody(c, config.http.bodyLimitBytes);
  const upsert = async (inputs: readonly Input[], { caller }: Visit) => {
    for (const input of inputs) quota.checkRow(input);
    await rows.upsert(inputs, caller.namespace);
  };
  return {
    async put(c, visit) {
      await upsert([kind.readInput(await read(c))], visit);
      return gorseJson(affected, visit);
    },
    async putMany(c, visit) {
      const options = { read: kind.readInput, most: config.gorse!.maxBatch };
      const inputs = readRows(await read(c), options);
      await upsert(inputs, visit);
      return gorseJson({ RowAffected: inputs.length }, visit);
    },
    async change(c, visit) {
      const patch = kind.readPatch(await read(c));
      quota.checkRow(patch);
      await rows.change(idIn(c, visit.caller.namespace), (row) => kind.merge(row, patch));
      return gorseJson(affected, visit);
    },
    async remove(c, visit) {
      await rows.forget(idIn(c, visit.caller.namespace));
      return gorseJson(affected, visit);
    },
  };
}

function createReadHandles<
  Table extends GorseTable,
  Input extends SizedRow,
  Patch extends SizedRow,
>(
  kind: GorseRowKind<Table, Input, Patch>,
  { gateway: { store, config }, rows, search }: KeyedRowTools<Table, Input>,
): Readonly<Record<ReadName, GorseHandle>> {
  const idIn = createIdReader(kind);
  return {
    async read(c, visit) {
      const { namespace } = visit.caller;
      const row = await rows.find(idIn(c, namespace), namespace);
      return gorseJson(kind.show(row, namespace), visit);
    },
    async list(c, visit) {
      const { namespace } = visit.caller;
      const { count, from, query } = readRowPage(c.req.raw.url, config.gorse!.defaultCount);
      const show = (shown: readonly Rows[Table][], next?: string) => {
        const list = shown.map((row) => kind.show(row, namespace));
        return gorseJson({ Cursor: showCursor(next), [kind.listName]: list }, visit);
      };
      if (search !== undefined && query !== '')
        return show(await search(query, { count, namespace }));
      const range = { ...namespace.range, ...(from !== '' && { from: namespace.inner(from) }) };
      const page = await store.scan(kind.table, { ...range, limit: count + 1 });
      const next = page.rows.at(count)?.id;
      return show(page.rows.slice(0, count), next && namespace.outer(next));
    },
  };
}

const pathOf = ({ singular }: Pick<GorseRowKind, 'singular'>) =>
  `/api/${singular}/{${singular}-id}`;

function documentRows(
  kind: GorseRowKind,
  hasSearch: boolean,
): Readonly<Record<WriteName | ReadName, GorseRoute>> {
  const { table, singular, listName, schemas, examples } = kind;
  const title = singular[0].toUpperCase() + singular.slice(1);
  const paths = [pathOf(kind)];
  const success = { description: 'It is done', schema: successSchema, example: affected };
  const shown = { description: `The ${singular}`, schema: schemas.shown, example: examples.shown };
  return {
    put: {
      ...{ method: 'post', paths: [`/api/${singular}`], operationId: `gorsePut${title}`, success },
      ...{ summary: `Put in or replace one ${singular}`, scope: 'write', failures: badBody },
      body: { schema: schemas.input, example: examples.input },
    },
    putMany: {
      ...{ method: 'post', paths: [`/api/${table}`], operationId: `gorsePut${listName}`, success },
      ...{ summary: `Put in or replace ${table}`, scope: 'write', failures: badBody },
      body: { schema: z.array(schemas.input), example: [examples.input] },
    },
    read: {
      ...{ method: 'get', paths, operationId: `gorseRead${title}`, success: shown, scope: 'read' },
      summary: `Read one ${singular}`,
      failures: { ...malformed, 404: `${title} not found`, ...unavailable },
    },
    change: {
      ...{ method: 'patch', paths, operationId: `gorseChange${title}`, success, scope: 'write' },
      ...{ summary: `Change one ${singular}, if it is there`, failures: badBody },
      body: { schema: schemas.patch, example: examples.patch },
    },
    remove: {
      ...{ method: 'delete', paths, operationId: `gorseDelete${title}`, success, scope: 'write' },
      summary: `Delete one ${singular} and its feedback`,
      failures: { ...malformed, ...writing },
    },
    list: {
      ...{ method: 'get', paths: [`/api/${table}`], operationId: `gorseList${listName}` },
      ...{ scope: 'read', failures: { ...malformed, ...unavailable } },
      summary: hasSearch ? `List ${table} by id, or find them by words` : `List ${table} by id`,
      query: hasSearch ? rowPageSchema.extend({ q: z.string().optional() }) : rowPageSchema,
      success: {
        description: 'A page; `Cursor` leads to the next one and is empty on the last',
        schema: z
          .strictObject({ Cursor: z.string(), [listName]: z.array(schemas.shown) })
          .meta({ id: `Gorse${title}Iterator`, description: `A page of ${table}` }),
        example: { Cursor: '', [listName]: [examples.shown] },
      },
    },
  };
}
