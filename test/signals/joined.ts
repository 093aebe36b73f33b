import {
  createRequestWindow,
  type RequestWindowOptions,
} from '../../src/signals/requests/request-window.ts';
import type { SignalContext, SignalKind, SignalReport } from '../../src/signals/signal.ts';
import { EventCodes, hashId } from '../../src/telemetry/event-codes.ts';
import { createEventRing, openEventRing } from '../../src/telemetry/event-ring.ts';
import { blankEvent, noteBits, putUser, type RingEvent } from '../../src/telemetry/ring-event.ts';
import { testContext } from './context.ts';

/** A request and what it showed. */
export interface TestSlate {
  readonly request: string;
  readonly items: readonly number[];
  /** Click probabilities; unknown where there is none. */
  readonly predicted?: readonly number[];
  readonly strategy?: string;
  readonly catalog?: string;
  readonly variant?: string;
  readonly session?: string;
  readonly user?: string;
}

/** Feedback that names a request, or else who gave it. */
export interface TestFeedback {
  readonly request?: string;
  readonly session?: string;
  readonly user?: string;
  readonly item: number;
  readonly type: string;
  /** `noteBits` of what it says. */
  readonly notes?: number;
  /** How long ago it happened. */
  readonly agoMs?: number;
}

/** A request window, and the signal that follows it, on a ring that is so small that it cuts slates in two. */
export function createJoin<Options, Report extends SignalReport>(
  requestOptions: RequestWindowOptions,
  { kind, options }: { kind?: SignalKind<Options, Report>; options?: Options } = {},
) {
  const ring = createEventRing({ capacity: 8, clock: { now: () => 0, monotonic: () => 0 } });
  const reader = openEventRing(ring.shared);
  const codes = new EventCodes();
  const nameOf = (code: number) => codes.nameOf(code);
  const requests = createRequestWindow(requestOptions, { nameOf });
  const context: SignalContext = testContext({ nameOf, requests });
  const signal = kind?.create(context, options as Options);
  const send = (events: readonly Partial<RingEvent>[], nowMs: number) => {
    const drain = () =>
      reader.drain((batch) => {
        requests.observe(batch, nowMs);
        signal?.observe(batch, nowMs);
      });
    for (const event of events) {
      const complete = { ...blankEvent('exposure'), ...event };
      if (!ring.put(complete) && drain() > 0) ring.put(complete);
    }
    drain();
  };
  return {
    requests,
    send,
    show: (slate: TestSlate, nowMs: number) => send(slateEvents(slate, nowMs, codes), nowMs),
    tell: (feedback: TestFeedback, nowMs: number) =>
      send([feedbackEvent(feedback, nowMs, codes)], nowMs),
    /** The report of the signal, as the worker asks for it. */
    report: (nowMs: number): Report => {
      requests.expire(nowMs);
      if (signal === undefined) throw new Error('the join has no signal');
      return signal.report(nowMs);
    },
  };
}

/** The session that somebody named, or else the user. */
function ownerEvent({ session, user }: Pick<TestSlate, 'session' | 'user'>) {
  const owner = session ?? user;
  return {
    session: owner === undefined ? 0 : hashId(owner),
    trouble: session === undefined && user !== undefined ? noteBits.ofUser : 0,
  };
}

function feedbackEvent(
  { request, item, type, notes = 0, agoMs = 0, ...by }: TestFeedback,
  nowMs: number,
  codes: EventCodes,
): RingEvent {
  const { session, trouble } = ownerEvent(by);
  const event = {
    ...blankEvent('feedback'),
    ...{ item, session, trouble: trouble | notes, detail: codes.codeOf(type) },
    ...{ request: request === undefined ? 0 : hashId(request), atMs: nowMs - agoMs },
  };
  if (by.session !== undefined && by.user !== undefined) putUser(event, hashId(by.user));
  return event;
}

function slateEvents(
  {
    request,
    items,
    predicted = [],
    strategy = 'blend',
    catalog = 'shoes',
    variant,
    ...by
  }: TestSlate,
  nowMs: number,
  codes: EventCodes,
): Partial<RingEvent>[] {
  const event = {
    request: hashId(request),
    strategy: codes.codeOf(strategy),
    catalog: codes.codeOf(catalog),
    ...ownerEvent(by),
    atMs: nowMs,
  };
  const detail = variant === undefined ? 0 : codes.codeOf(variant);
  const features = variant === undefined ? 0 : event.session & 0xffff;
  const exposures = items.map((item, position) => {
    const shown = { item, position, detail, features, predicted: predicted[position] ?? NaN };
    return { ...event, ...shown, kind: 0 };
  });
  return [...exposures, { ...event, kind: 2, position: items.length }];
}
