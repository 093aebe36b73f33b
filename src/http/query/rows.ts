import { z } from 'zod';
import type { Scope } from '../../access/access-schema.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { get, type Rows, type TableName } from '../../stores/store.ts';
import type { Door, Handle } from '../door.ts';
import type { HttpContext } from '../env.ts';
import { json, parse, shorten } from '../errors.ts';
import { identifier } from '../identifier.ts';
import { readJson } from '../json-body.ts';
import type { KeyGuard } from '../key-guard.ts';
import { decodePercent, parseQuery } from '../query-string.ts';
import { type App, addRoute, lastPathPart } from '../routes.ts';
import type { InTurn } from '../turns.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { documentRows, maxRows, pageParameters, pageSchema } from './row-documents.ts';
import type { RowKind } from './row-kind.ts';
import { shared } from './shared-demand.ts';

const scopes = {
  put: 'write',
  list: 'read',
  read: 'read',
  change: 'write',
  remove: 'write',
} as const satisfies Record<keyof ReturnType<typeof documentRows>, Scope>;

const pathSchema = z.object({ id: identifier });

/** Adds POST, GET, PATCH and DELETE of one keyed table. */
export function addRowRoutes<
  Table extends TableName,
  Input extends z.ZodType,
  Patch extends z.ZodType,
>(
  app: App,
  kind: RowKind<Table, Input, Patch>,
  {
    gateway,
    door,
    guard,
    inTurn,
  }: { gateway: Gateway; door: Door; guard: KeyGuard; inTurn: InTurn },
): void {
  const documents = documentRows(kind as unknown as RowKind);
  const handlers = createHandlers(kind, gateway, inTurn);
  for (const name of Object.keys(handlers) as (keyof typeof handlers)[]) {
    const document = documents[name];
    const handle = guard.wrap(shared(scopes[name]), handlers[name]);
    addRoute(app, guard.document(document), door(document.path, handle));
  }
}

function createHandlers<Table extends TableName, Input extends z.ZodType, Patch extends z.ZodType>(
  kind: RowKind<Table, Input, Patch>,
  gateway: Gateway,
  inTurn: InTurn,
): Readonly<Record<keyof ReturnType<typeof documentRows>, Handle>> {
  const { table, show } = kind;
  const read = (c: HttpContext) => readJson(c, gateway.config.http.bodyLimitBytes);
  const find = createFind(kind, gateway);
  const inputs = z.array(kind.input).min(1).max(maxRows);

  return {
    async put(c, visit) {
      const body = await read(c);
      const given = Array.isArray(body) ? parse(inputs, body) : [parse(kind.input, body)];
      const rows = lastOfEach(given.map(kind.toRow));
      const ids = rows.map(({ id }) => id);
      await inTurn(ids, () => kind.put(rows));
      return json({ accepted: rows.length }, visit);
    },
    async list(c, visit) {
      const { cursor, limit } = parse(pageSchema, parseQuery(c.req.raw.url, pageParameters));
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const { rows, next } = await gateway.store.scan(table, { after, limit });
      const nextCursor = next === undefined ? null : encodeCursor(next);
      return json({ [table]: rows.map(show), next_cursor: nextCursor }, visit);
    },
    read: async (c, visit) => json(show(await find(pathId(c))), visit),
    async change(c, visit) {
      const id = pathId(c);
      const patch = parse(kind.patch, await read(c));
      const row = await inTurn([id], async () => {
        const changed = kind.merge(await find(id), patch);
        await kind.put([changed]);
        return changed;
      });
      return json(show(row), visit);
    },
    async remove(c, { requestId }) {
      const id = pathId(c);
      if (!(await inTurn([id], () => kind.remove(id)))) throw unknownRow(kind, id);
      return new Response(null, { status: 204, headers: { 'x-request-id': requestId } });
    },
  };
}

function createFind<Table extends TableName>(
  kind: Pick<RowKind<Table>, 'table' | 'singular' | 'unknown'>,
  { store }: Gateway,
): (id: string) => Promise<Rows[Table]> {
  return async (id) => {
    const found = await get(store, kind.table, id);
    if (found.state === 'present') return found.row;
    if (found.state === 'absent') throw unknownRow(kind, id);
    const message = `store ${store.name} cannot be read: ${found.reason}`;
    throw new SightlineError('SL_STORE_UNAVAILABLE', message, { cause: found.cause });
  };
}

function unknownRow(
  { singular, unknown }: Pick<RowKind, 'singular' | 'unknown'>,
  id: string,
): SightlineError {
  return new SightlineError(unknown, `${singular} ${shorten(id, 100)} is unknown`, { path: 'id' });
}

/** The id in the path, decoded strictly: broken encoding must not address another row. */
function pathId(c: HttpContext): string {
  return parse(pathSchema, { id: decodePercent(lastPathPart(c), 'id') }).id;
}

/** Of several rows with one id the last counts. */
function lastOfEach<Row extends { readonly id: string }>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}
