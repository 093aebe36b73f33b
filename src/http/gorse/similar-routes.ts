import type { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import type { Gateway } from '../../gateway.ts';
import type { Model } from '../../models/model.ts';
import { sessionOfUser } from '../../stores/session-table.ts';
import type { App } from '../routes.ts';
import { gorseJson } from './answers.ts';
import { addGorseRoute, type GorseHandle } from './gorse-route.ts';
import { listQuerySchema, readListQuery } from './list-query.ts';
import { addListRoute, answerList, answerNothing, type ListParts } from './list-route.ts';
import { named, own } from './named.ts';
import { pathParts } from './path-parts.ts';
import { scoreListSchema } from './score-list-schema.ts';
import { seenItems } from './seen-items.ts';

/** Removed from an item table, and not only hidden. */
const deleted = 2;

/** Adds the routes of neighbours: items like an item, users like a user. */
export function addSimilarRoutes(app: App, parts: ListParts, clock: Clock): void {
  addItemRoutes(app, parts, clock);
  addUserRoutes(app, parts, clock);
}

function addItemRoutes(app: App, parts: ListParts, clock: Clock): void {
  const { gateway } = parts;
  const { gorse } = gateway.config;
  const lists = gorse?.itemToItem ?? {};
  const errorMs = 1000 * (gorse?.clockErrorSeconds ?? 0);
  const add = (
    paths: readonly string[],
    about: { operationId: string; summary: string },
    workOf: (name: string | undefined) => string,
  ) =>
    addListRoute(
      app,
      {
        ...{ paths, ...about },
        failures: { 404: 'No list of this name, or none at all' },
        async handle(visit) {
          const { namespace } = visit.caller;
          const work = workOf(visit.path.name);
          const item = namespace.inner(visit.path['item-id']);
          const index = gateway.table.indexOf(item);
          if (index < 0 || gateway.table.hidden[index] === deleted)
            return answerNothing(gateway, visit, work);
          const { user } = visit.query;
          const seen =
            user === undefined
              ? []
              : await seenItems(gateway, namespace.inner(user), clock.now() + errorMs);
          const exclude = [item, ...seen];
          return answerList(gateway, visit, { work, form: 'scores', request: { item }, exclude });
        },
      },
      parts,
    );
  add(
    ['/api/item-to-item/{name}/{item-id}'],
    { operationId: 'gorseItemToItem', summary: 'Items like an item, of a list' },
    (name = '') => named(own(lists, name), name),
  );
  add(
    ['/api/item/{item-id}/neighbors', '/api/item/{item-id}/neighbors/{category}'],
    { operationId: 'gorseItemNeighbors', summary: 'Items like an item, of the first list' },
    () => named(Object.values(lists)[0], 'item-to-item'),
  );
}

function addUserRoutes(app: App, { gateway, doors }: ListParts, clock: Clock): void {
  const { gorse } = gateway.config;
  const lists = gorse?.userToUser ?? {};
  const defaultCount = gorse?.defaultCount ?? 10;
  const query = listQuerySchema.pick({ n: true, offset: true, exclude: true });
  const success = { description: 'Users, the most similar first', schema: scoreListSchema };
  const failures = { 400: 'A parameter that makes no sense', 404: 'No list of this name' };
  const add = (
    path: string,
    about: { operationId: string; summary: string },
    modelOf: (name: string | undefined) => string,
  ) => {
    const handle: GorseHandle = (c, visit) => {
      const { namespace } = visit.caller;
      const parts = pathParts(c, path);
      const { n, offset, exclude } = readListQuery(c.req.raw.url, { defaultCount });
      const model = modelOf(parts.name);
      const user = namespace.inner(parts['user-id']);
      const end = Math.min(offset + n, maxUsers);
      const found = similarUsers(gateway, {
        ...{ model, user, nowMs: clock.now(), prefix: namespace.prefix },
        limit: end + 1 + exclude.length,
      });
      const left = new Set([user, ...exclude.map(namespace.inner)]);
      const users = found.filter(({ id }) => !left.has(id)).slice(offset, end);
      const scores: z.output<typeof scoreListSchema> = users.map(({ id, score }) => ({
        Id: namespace.outer(id),
        Score: score,
      }));
      return gorseJson(scores, visit);
    };
    const route = { ...about, paths: [path], query, success, failures };
    addGorseRoute(app, { method: 'get', scope: 'read', ...route }, { doors, handle });
  };
  add(
    '/api/user-to-user/{name}/{user-id}',
    { operationId: 'gorseUserToUser', summary: 'Users like a user, of a list' },
    (name = '') => named(own(lists, name), name),
  );
  add(
    '/api/user/{user-id}/neighbors',
    { operationId: 'gorseUserNeighbors', summary: 'Users like a user, of the first list' },
    () => named(Object.values(lists)[0], 'user-to-user'),
  );
}

/** The most users that one request is answered with, passed over ones among them. */
const maxUsers = 100;

function similarUsers(
  { generations, sessions }: Gateway,
  asked: {
    readonly model: string;
    readonly user: string;
    readonly nowMs: number;
    readonly limit: number;
    readonly prefix: string;
  },
): ReturnType<NonNullable<Model['similarUsers']>> {
  const { model: name, user, nowMs, limit, prefix } = asked;
  const slot = generations.current.generation.models.get(name);
  if (slot === undefined || !('model' in slot)) return [];
  const { model } = slot;
  const session = sessions.get(sessionOfUser(user));
  const recent = session?.items ?? new Int32Array(0);
  const query = { anchor: -1, recent, nowMs, purpose: 'similar' as const, user };
  return model.similarUsers?.(query, limit, prefix) ?? [];
}
