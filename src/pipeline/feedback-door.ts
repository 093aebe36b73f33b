import type { Mistake } from '../domain/errors.ts';
import type { Feedback } from '../domain/feedback.ts';
import type { ItemTable } from '../stores/item-table.ts';
import { type SessionTable, sessionOfUser } from '../stores/session-table.ts';
import type { Store } from '../stores/store.ts';
import type { Emit } from '../telemetry/facts.ts';
import type { DueEvents } from './due-events.ts';

/** What the door lets in. */
export interface FeedbackRules {
  readonly unknownItems: 'accept' | 'reject';
  readonly futureSeconds: number;
  readonly maxAgeDays: number;
}

/** What became of a batch of feedback at the door. */
export interface FeedbackReceipt {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly Mistake[];
}

/** An event, and when signals are told of it. */
export interface UntoldEvent {
  readonly event: Feedback;
  readonly item: number;
  readonly atMs: number;
}

/** What the door needs. */
export interface FeedbackDoor {
  readonly store: Store;
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  readonly rules: FeedbackRules;
  /** Events of any time count so much before their time; those that are later wait in `due`. */
  readonly aheadMs: number;
  readonly due: DueEvents;
  /** Events that signals are told of a moment later. */
  readonly untold: DueEvents<UntoldEvent>;
  readonly emit: Emit;
  readonly now: () => number;
  /** Told of every event that was new, after it is durable. */
  readonly onFresh: (event: Feedback, item: number) => void;
}

/** Which times are let in. */
export interface FeedbackTimes {
  /** Whether events may be of any time; sessions do not see those of the future. */
  readonly anyTime?: boolean | undefined;
  /** Whether it tells of an answer that is on its way: signals hear of it a second later, when they know the answer. */
  readonly isOnItsWay?: boolean | undefined;
}

/**
 * Lets a batch in: refuses events that are too old, from the future, or of unknown items where those are
 * refused; keeps the others durably; then makes the sessions follow.
 */
export async function receiveFeedback(
  door: FeedbackDoor,
  batch: readonly Feedback[],
  { anyTime = false, isOnItsWay = false }: FeedbackTimes = {},
): Promise<FeedbackReceipt> {
  const rejected: Mistake[] = [];
  const good: Feedback[] = [];
  const nowMs = door.now();
  for (let position = 0; position < batch.length; position += 1) {
    const event = batch[position];
    const mistake = mistakeIn(door, event, { position, nowMs, anyTime });
    if (mistake === undefined) good.push(event);
    else rejected.push(mistake);
  }
  if (good.length === 0) return { accepted: 0, duplicates: 0, rejected };
  const { accepted, duplicates, fresh } = await door.store.appendFeedback(good);
  const kept = accepted === good.length ? good : good.filter((_, e) => fresh[e] === 1);
  const aheadMs = anyTime ? door.aheadMs : door.rules.futureSeconds * 1000;
  followAll(isOnItsWay ? tellingLater(door) : door, kept, aheadMs);
  if (duplicates > 0) door.emit('feedback.duplicated', { events: duplicates });
  return { accepted, duplicates, rejected };
}

/**
 * Makes sessions and signals follow events that are kept, and tells of them. Those of more than `aheadMs` in the future
 * wait until `followDue` finds them due.
 */
export function followAll(
  door: FeedbackDoor,
  events: readonly Feedback[],
  aheadMs = door.aheadMs,
): void {
  const counts = new Map<string, number>();
  const untilMs = door.now() + aheadMs;
  for (const event of events) {
    if (event.atMs <= untilMs) follow(door, event);
    else door.due.add(event);
    counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
  }
  for (const [type, events] of counts) door.emit('feedback.accepted', { type, events });
}

/** The same door, which tells of what is fresh a second later. */
function tellingLater(door: FeedbackDoor): FeedbackDoor {
  const atMs = door.now() + 1000;
  return { ...door, onFresh: (event, item) => door.untold.add({ event, item, atMs }) };
}

/** Events that are followed in one go when they are due: a few milliseconds. */
const dueAtOnce = 4096;

/** Makes sessions and signals follow the events that are due by now, some thousands at most; answers them. */
export function followDue(door: FeedbackDoor): readonly Feedback[] {
  const nowMs = door.now();
  for (let told = 0; told < dueAtOnce && door.untold.isDue(nowMs); told++) {
    const { event, item } = door.untold.take();
    door.onFresh(event, item);
  }
  const untilMs = nowMs + door.aheadMs;
  if (!door.due.isDue(untilMs)) return none;
  const events: Feedback[] = [];
  while (events.length < dueAtOnce && door.due.isDue(untilMs)) events.push(door.due.take());
  for (const event of events) follow(door, event);
  return events;
}

const none: readonly Feedback[] = [];

function mistakeIn(
  { rules, table, emit }: FeedbackDoor,
  event: Feedback,
  { position, nowMs, anyTime }: { position: number; nowMs: number; anyTime: boolean },
): Mistake | undefined {
  const ageMs = anyTime ? 0 : nowMs - event.atMs;
  if (ageMs < -rules.futureSeconds * 1000) {
    emit('feedback.rejected', { reason: 'future', events: 1 });
    const message = `is ${Math.round(-ageMs / 1000)} s in the future, expected ${rules.futureSeconds} s at most`;
    return { path: `events.${position}.timestamp`, message };
  }
  if (ageMs > rules.maxAgeDays * 86_400_000) {
    emit('feedback.rejected', { reason: 'too_old', events: 1 });
    const message = `is ${Math.round(ageMs / 86_400_000)} days old, expected ${rules.maxAgeDays} at most`;
    return { path: `events.${position}.timestamp`, message };
  }
  if (rules.unknownItems === 'reject' && table.indexOf(event.item) < 0) {
    emit('feedback.rejected', { reason: 'unknown_item', events: 1 });
    return { path: `events.${position}.item`, message: 'is not in the catalogue' };
  }
  return undefined;
}

function follow({ table, sessions, emit, onFresh }: FeedbackDoor, event: Feedback): void {
  const item = table.indexOf(event.item);
  onFresh(event, item);
  if (item < 0) {
    emit('feedback.unmatched', { events: 1 });
    return;
  }
  if (event.session !== undefined) sessions.record(event.session, item, event.atMs);
  if (event.user !== undefined) sessions.record(sessionOfUser(event.user), item, event.atMs);
}
