import { parseFeedbackRule } from '../../domain/feedback-rule.ts';
import { sessionCapacity } from '../../stores/session-events.ts';
import { readJson } from '../json-body.ts';
import type { App } from '../routes.ts';
import { addListRoute, answerList, type ListParts } from './list-route.ts';
import { named } from './named.ts';
import { readSessionFeedback, sessionFeedbackSchema } from './session-feedback.ts';

/**
 * Adds `/api/session/recommend`: what comes after the latest 50 pieces of positive feedback of a session that the client
 * keeps. Nothing of it is stored, and none of its items is served again.
 */
export function addSessionRoute(app: App, parts: ListParts): void {
  const { gateway } = parts;
  const { gorse, http, training } = gateway.config;
  const rules = training.data.positive.flatMap((text) => parseFeedbackRule(text) ?? []);
  addListRoute(
    app,
    {
      method: 'post',
      paths: ['/api/session/recommend', '/api/session/recommend/{category}'],
      operationId: 'gorseSession',
      summary: 'What comes after a session',
      body: {
        schema: sessionFeedbackSchema,
        example: [{ FeedbackType: 'click', ItemId: 'A1', Timestamp: '2026-01-31T09:00:00Z' }],
      },
      failures: {
        404: 'No work is named for it',
        413: 'A body that is too long',
        415: 'A body that is no JSON',
      },
      async handle(visit) {
        const work = named(gorse?.session, 'session');
        const { inner } = visit.caller.namespace;
        const body = await readJson(visit.c, http.bodyLimitBytes);
        const events = readSessionFeedback(body, gorse?.maxBatch ?? 0);
        const positive = events.filter(
          (event) => rules.length === 0 || rules.some((rule) => rule.matches(event)),
        );
        const recent = positive.slice(-sessionCapacity).map(({ item }) => inner(item));
        const exclude = events.map(({ item }) => inner(item));
        return answerList(gateway, visit, {
          ...{ work, form: 'scores', request: { recent }, exclude },
        });
      },
    },
    parts,
  );
}
