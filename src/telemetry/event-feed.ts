import type { Clock } from '../domain/clock.ts';
import type { Feedback } from '../domain/feedback.ts';
import { EventCodes, hashId } from './event-codes.ts';
import { createEventRing, type EventRing } from './event-ring.ts';
import type { Emit } from './facts.ts';
import { outcomes, type RequestRecord } from './request-record.ts';
import { blankEvent } from './ring-event.ts';

/** What the signals worker opens: the ring, and the names behind the codes in its events. */
export interface EventSource {
  readonly ring: EventRing;
  readonly codes: EventCodes;
}

/** Turns requests and feedback into events of the ring. */
export interface EventFeed extends EventSource {
  /** Puts the request and each item of its slate. */
  request(record: RequestRecord, originMs: number): void;
  /** Puts one feedback event; `item` is its dense index, -1 when unknown. */
  feedback(event: Feedback, item: number): void;
}

/** Makes the feed of a new ring. Events that find it full are told as `events.dropped`. */
export function createEventFeed({ emit, clock }: { emit: Emit; clock: Clock }): EventFeed {
  const ring = createEventRing({ clock });
  const codes = new EventCodes();
  const served = blankEvent('request');
  const shown = blankEvent('exposure');
  const told = blankEvent('feedback');
  let known = 0;
  const tellDropped = () => {
    const events = ring.dropped - known;
    if (events === 0) return;
    known = ring.dropped;
    emit('events.dropped', { reason: 'ring_full', events });
  };
  return {
    ring,
    codes,
    request(record, originMs) {
      if (record.layout === undefined) return;
      shown.work = codes.codeOf(record.layout.work);
      shown.strategy = codes.codeOf(record.strategy);
      shown.segment = codes.codeOf(record.segment);
      shown.catalog = codes.codeOf(record.catalog);
      shown.request = hashId(record.requestId);
      shown.atMs = originMs + record.endedAt;
      ring.putSlate(shown, record.slate, Math.min(record.returned, record.slate.length));
      served.position = record.returned;
      served.detail = outcomes.indexOf(record.outcome);
      served.work = shown.work;
      served.strategy = shown.strategy;
      served.segment = shown.segment;
      served.catalog = shown.catalog;
      served.request = shown.request;
      served.atMs = shown.atMs;
      ring.put(served);
      tellDropped();
    },
    feedback(event, item) {
      told.item = item;
      told.detail = codes.codeOf(event.type);
      told.request = event.requestId === undefined ? 0 : hashId(event.requestId);
      told.session = event.session === undefined ? 0 : hashId(event.session);
      told.atMs = event.atMs;
      ring.put(told);
      tellDropped();
    },
  };
}
