import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { FeedbackSelection, FeedbackTotal, FeedbackTriple } from '../../domain/feedback.ts';
import { type FeedbackRule, parseFeedbackRule } from '../../domain/feedback-rule.ts';
import type { Gateway } from '../../gateway.ts';
import { gorseJson } from './answers.ts';
import { showTotals } from './feedback-kind.ts';
import { createRowReader, text } from './go-json.ts';
import type { GorseHandle } from './gorse-route.ts';
import type { Namespace } from './namespace.ts';
import { pathParts } from './path-parts.ts';
import { readRowPage, showCursor } from './row-page.ts';

/** The most feedback that one answer without pages shows. */
const maxTotals = 100_000;
const expression = /^[a-zA-Z]\w*(?:(?:[<>]=?|=)(?:\d+\.?\d*|\.\d+))?$/;

/** What feedback is read with. */
interface ReadingTools {
  readonly gateway: Gateway;
  readonly clock: Clock;
}

/** What of the feedback is read. */
interface ReadingOptions {
  /** Feedback later than so many milliseconds from now does not count; all does, where absent. */
  readonly aheadMs?: number;
}

/** Answers with pages of all feedback, or of that of the type in the path. */
export function pagesOfFeedback({ gateway, clock }: ReadingTools, path: string): GorseHandle {
  const { store, config } = gateway;
  const { defaultCount, clockErrorSeconds } = config.gorse!;
  return async (c, visit) => {
    const { namespace } = visit.caller;
    const which = selectionOf(pathParts(c, path), namespace);
    const { count, from } = readRowPage(c.req.raw.url, defaultCount);
    const { rows } = await store.feedbackTotals(which, {
      from: from === '' ? undefined : readTriple(from, namespace),
      untilMs: clock.now() + clockErrorSeconds * 1000,
      limit: count + 1,
    });
    const Feedback = showTotals(rows.slice(0, count), namespace);
    const Cursor = showCursor(rows.length > count ? showTriple(rows[count], namespace) : '');
    // The official client reads it by the second name.
    return gorseJson({ Cursor, Feedback, Feedbacks: Feedback }, visit);
  };
}

/** Answers with all feedback of what the path names. */
export function allFeedback(
  tools: ReadingTools,
  path: string,
  options: ReadingOptions = {},
): GorseHandle {
  return async (c, visit) => {
    const { namespace } = visit.caller;
    const which = selectionOf(pathParts(c, path), namespace);
    return gorseJson(showTotals(await read(tools, which, options), namespace), visit);
  };
}

/** Answers with the feedback of a user that the expression in the path holds for. */
export function matchingFeedback(
  tools: ReadingTools,
  path: string,
  options: ReadingOptions,
): GorseHandle {
  return async (c, visit) => {
    const { namespace } = visit.caller;
    const { 'feedback-type': said, ...parts } = pathParts(c, path);
    const { type, matches } = readExpression(said);
    const totals = await read(tools, { ...selectionOf(parts, namespace), type }, options);
    return gorseJson(showTotals(totals.filter(matches), namespace), visit);
  };
}

/** Answers with one row of feedback, or the text `{}`. */
export function oneFeedback(tools: ReadingTools, path: string): GorseHandle {
  return async (c, visit) => {
    const { namespace } = visit.caller;
    const totals = await read(tools, selectionOf(pathParts(c, path), namespace), {});
    const [shown] = showTotals(totals, namespace);
    if (shown !== undefined) return gorseJson(shown, visit);
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'x-request-id': visit.requestId,
    };
    return new Response('{}', { headers });
  };
}

/** Deletes the feedback that the path names; answers how many rows it was. */
export function deleteFeedback({ gateway }: ReadingTools, path: string): GorseHandle {
  return async (c, visit) => {
    const which = selectionOf(pathParts(c, path), visit.caller.namespace);
    return gorseJson({ RowAffected: await gateway.deleteFeedback(which) }, visit);
  };
}

async function read(
  { gateway, clock }: ReadingTools,
  which: FeedbackSelection,
  { aheadMs }: ReadingOptions,
): Promise<readonly FeedbackTotal[]> {
  const untilMs = aheadMs === undefined ? undefined : clock.now() + aheadMs;
  const { rows } = await gateway.store.feedbackTotals(which, { untilMs, limit: maxTotals });
  return rows;
}

/** Which feedback the parts of a path mean. */
function selectionOf(
  parts: Readonly<Record<string, string | undefined>>,
  namespace: Namespace,
): FeedbackSelection {
  const { 'feedback-type': type, 'user-id': user, 'item-id': item } = parts;
  return {
    type,
    user: user && namespace.inner(user),
    item: item && namespace.inner(item),
    userPrefix: user === undefined ? namespace.prefix || undefined : undefined,
  };
}

function readExpression(said: string): FeedbackRule {
  const rule = expression.test(said) ? parseFeedbackRule(said) : undefined;
  if (rule !== undefined) return rule;
  const message = 'invalid expression format, expected format: <feedback_type>[<operator><value>]';
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'feedback-type' });
}

const readKey = createRowReader({ FeedbackType: text, UserId: text, ItemId: text });

function readTriple(cursor: string, { inner }: Namespace): FeedbackTriple {
  try {
    const { FeedbackType: type, UserId, ItemId } = readKey(JSON.parse(cursor));
    return { type, user: inner(UserId), item: inner(ItemId) };
  } catch (cause) {
    const message = 'cursor is no cursor, expected the Cursor of the page before';
    throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'cursor', cause });
  }
}

function showTriple({ type, user, item }: FeedbackTotal, { outer }: Namespace): string {
  return JSON.stringify({ FeedbackType: type, UserId: outer(user), ItemId: outer(item) });
}
