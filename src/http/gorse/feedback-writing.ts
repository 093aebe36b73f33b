import { createHash } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import { createEventKeys } from '../../domain/event-keys.ts';
import type { Feedback } from '../../domain/feedback.ts';
import type { Gateway } from '../../gateway.ts';
import { type HttpContext, requestHeader } from '../env.ts';
import { gorseJson } from './answers.ts';
import { type FeedbackInput, readFeedbackInput, toEvent, type UserEvent } from './feedback-kind.ts';
import { readRows } from './go-json.ts';
import { readGorseBody } from './gorse-body.ts';
import type { GorseHandle } from './gorse-route.ts';
import type { KeyedRows } from './keyed-rows.ts';
import type { Namespace } from './namespace.ts';
import type { Quota } from './quota.ts';

/** What feedback is written with. */
export interface FeedbackTools {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly quota: Quota;
  readonly users: Pick<KeyedRows<'users'>, 'missing' | 'fill'>;
  readonly items: Pick<KeyedRows<'items'>, 'missing' | 'fill'>;
}

const maxKeyBytes = 255;

/**
 * Makes the handlers that take feedback in: `add` keeps what was there before, `replace` does not. Of several rows for
 * one type, user and item of a call the first counts. With a header `Idempotency-Key` the same call may be sent again.
 */
export function createFeedbackWriting(
  tools: FeedbackTools,
): Readonly<Record<'add' | 'replace', GorseHandle>> {
  const { gateway, clock } = tools;
  const nextKey = createEventKeys({ now: () => Math.floor(clock.now()) });
  const writing =
    (write: (events: readonly Feedback[]) => Promise<unknown>): GorseHandle =>
    async (c, visit) => {
      const { namespace } = visit.caller;
      const inputs = readInputs(await readGorseBody(c, gateway.config.http.bodyLimitBytes), tools);
      const keyOf = keysOf(c, namespace) ?? nextKey;
      const events = toEvents(inputs, { namespace, keyOf });
      const known = await admitKnown(events, tools, namespace);
      if (known.length > 0) await write(known);
      return gorseJson({ RowAffected: inputs.length }, visit);
    };
  return {
    add: writing((events) => gateway.recordFeedback(events, { anyTime: true })),
    replace: writing((events) => gateway.replaceFeedback(events)),
  };
}

function readInputs(body: unknown, { gateway, quota }: FeedbackTools): FeedbackInput[] {
  const { config, telemetry } = gateway;
  try {
    const inputs = readRows(body, { read: readFeedbackInput, most: config.gorse!.maxBatch });
    for (const input of inputs) quota.checkRow(input);
    return inputs;
  } catch (error) {
    // Rows behind the first that is wrong are not looked at.
    telemetry.emit('feedback.rejected', { reason: 'invalid', events: 1 });
    throw error;
  }
}

/** The keys of a call that may be sent again, by position; undefined where it says nothing of it. */
function keysOf(c: HttpContext, { prefix }: Namespace): ((place: number) => string) | undefined {
  const given = requestHeader(c, 'idempotency-key') ?? '';
  if (given === '') return undefined;
  if (Buffer.byteLength(given) > maxKeyBytes) {
    const message = `idempotency-key is too long, expected at most ${maxKeyBytes} bytes`;
    throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'idempotency-key' });
  }
  // Events that are added and events that replace others never stand for each other.
  const text = `${c.req.method}\u0000${prefix}\u0000${given}`;
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return (place) => `${hash}.${place}`;
}

function toEvents(
  inputs: readonly FeedbackInput[],
  {
    namespace,
    keyOf,
  }: { readonly namespace: Namespace; readonly keyOf: (place: number) => string },
): UserEvent[] {
  const byTriple = new Map<string, UserEvent>();
  inputs.forEach((input, place) => {
    // Ids have no control characters.
    const triple = `${input.FeedbackType}\u0000${input.UserId}\u0000${input.ItemId}`;
    if (!byTriple.has(triple))
      byTriple.set(triple, toEvent(input, { namespace, key: keyOf(place) }));
  });
  return [...byTriple.values()];
}

/** Makes the rows that events name and that are not there, or leaves out such events, as the configuration says. */
async function admitKnown(
  events: readonly UserEvent[],
  { gateway, quota, users, items }: FeedbackTools,
  namespace: Namespace,
): Promise<readonly UserEvent[]> {
  const { autoInsertUsers, autoInsertItems } = gateway.config.gorse!;
  const reject = (reason: 'unknown_user' | 'unknown_item', dropped: number) => {
    if (dropped > 0) gateway.telemetry.emit('feedback.rejected', { reason, events: dropped });
  };
  const [noUsers, noItems] = await Promise.all([
    users.missing(events.map(({ user }) => user)),
    items.missing(events.map(({ item }) => item)),
  ]);
  if (autoInsertUsers) await quota.checkNew('users', noUsers.length);
  if (autoInsertItems) await quota.checkNew('items', noItems.length);
  const lostUsers = new Set(autoInsertUsers ? [] : noUsers);
  const lostItems = new Set(autoInsertItems ? [] : noItems);
  const ofKnownUsers = events.filter(({ user }) => !lostUsers.has(user));
  const known = ofKnownUsers.filter(({ item }) => !lostItems.has(item));
  reject('unknown_user', events.length - ofKnownUsers.length);
  reject('unknown_item', ofKnownUsers.length - known.length);
  if (autoInsertUsers) await users.fill(noUsers, namespace);
  if (autoInsertItems) await items.fill(noItems, namespace);
  return known;
}
