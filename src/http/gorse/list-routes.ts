import type { Clock } from '../../domain/clock.ts';
import type { Gateway } from '../../gateway.ts';
import type { App } from '../routes.ts';
import { addListRoute, answerList, type ListParts, type ListVisit } from './list-route.ts';
import { named, own } from './named.ts';
import { seenItems } from './seen-items.ts';

/**
 * Adds the lists that are the same for everybody, and `/api/collaborative-filtering`. `/api/popular` is what Gorse 0.4
 * had, and its client still asks for.
 */
export function addListRoutes(app: App, parts: ListParts, clock: Clock): void {
  const { gateway } = parts;
  const { gorse } = gateway.config;
  const unseen = createUnseen(gateway, clock);
  const notNamed = { 404: 'No list of this name' };
  addListRoute(
    app,
    {
      paths: ['/api/latest', '/api/latest/{category}'],
      operationId: 'gorseLatest',
      summary: 'The newest items, with the Unix seconds of their publication',
      async handle(visit) {
        const work = named(gorse?.latest, 'latest');
        return answerList(gateway, visit, { work, form: 'times', ...(await unseen(visit)) });
      },
    },
    parts,
  );
  addListRoute(
    app,
    {
      paths: ['/api/popular', '/api/popular/{category}'],
      operationId: 'gorsePopular',
      summary: 'The list `popular`, or else the first list that is for everybody',
      failures: notNamed,
      async handle(visit) {
        const lists = gorse?.nonPersonalized ?? {};
        const work = named(own(lists, 'popular') ?? Object.values(lists)[0], 'popular');
        return answerList(gateway, visit, { work, form: 'scores', ...(await unseen(visit)) });
      },
    },
    parts,
  );
  addListRoute(
    app,
    {
      paths: ['/api/non-personalized/{name}'],
      operationId: 'gorseNonPersonalized',
      summary: 'A list that is the same for everybody',
      failures: notNamed,
      async handle(visit) {
        const { name } = visit.path;
        const work = named(own(gorse?.nonPersonalized ?? {}, name), name);
        const headers = { 'last-modified': lastModified(gateway) };
        return answerList(gateway, visit, {
          ...{ work, headers, form: 'scores' },
          ...(await unseen(visit)),
        });
      },
    },
    parts,
  );
  addListRoute(
    app,
    {
      paths: [
        '/api/collaborative-filtering/{user-id}',
        '/api/collaborative-filtering/{user-id}/{category}',
      ],
      operationId: 'gorseCollaborative',
      summary: 'What collaborative filtering recommends to a user',
      failures: { 404: 'No work is named for it' },
      async handle(visit) {
        const work = named(gorse?.collaborative, 'collaborative-filtering');
        const user = visit.caller.namespace.inner(visit.path['user-id']);
        const headers = { 'last-modified': lastModified(gateway) };
        return answerList(gateway, visit, {
          ...{ work, headers, form: 'scores', request: { user } },
          exclude: (await unseen(visit)).exclude,
        });
      },
    },
    parts,
  );
}

/** Makes what says whom a list is for, and what that user has seen. */
function createUnseen({ config, store }: Gateway, clock: Clock) {
  const errorMs = 1000 * (config.gorse?.clockErrorSeconds ?? 0);
  return async ({ caller, query }: ListVisit) => {
    if (query.user === undefined) return { request: {}, exclude: [] };
    const user = caller.namespace.inner(query.user);
    return { request: {}, exclude: await seenItems({ store }, user, clock.now() + errorMs) };
  };
}

/** When the models that serve became those that serve, as HTTP dates are written. */
const lastModified = (gateway: Gateway): string =>
  new Date(gateway.generation().publishedAtMs).toUTCString();
