import { SightlineError } from '../../domain/errors.ts';
import type { EventBatch } from '../../telemetry/event-ring.ts';
import { kindCode, noteBits } from '../../telemetry/ring-event.ts';
import type { SignalContext } from '../signal.ts';
import { ownerOf } from './owner-requests.ts';
import { type LeaveVisit, RequestSlots } from './request-slots.ts';

/** What came of a place or of a request, one bit each. A conversion is no click; positive and read may be anything. */
export const outcomeBits = {
  clicked: 1,
  converted: 2,
  positive: noteBits.positive,
  read: noteBits.read,
} as const;

/** How much feedback found its request, by what it named. */
export interface JoinCounts {
  /** Named a request that is held. */
  readonly matched: number;
  /** Named a request that had left. */
  readonly late: number;
  /** Named a request never seen. */
  readonly unmatched: number;
  /** Named no request, and its owner was shown its item. */
  readonly attributed: number;
  /** Named no request, and none of its owner showed its item. */
  readonly unattributed: number;
}

/** Hears of feedback that found its request, with what it says of it: `outcomeBits`. */
export type JoinVisit = (slot: number, bits: number) => void;

/**
 * The recent requests, joined with the feedback that names them: bounded in time and number. A request is found by the
 * hash of its id; its slate lies in `places` places from `firstPlace` on.
 */
export interface RequestWindow {
  /** Takes events in; requests older than the join window leave, and whoever listens is told before they do. */
  observe(batch: EventBatch, nowMs: number): void;
  /** Lets what is too old leave; called before each report. */
  expire(nowMs: number): void;
  /** The slot of a request, or -1. O(1). */
  find(request: number): number;
  /** Codes (`EventCodes`) of what the request carried, 0 where it had none. */
  work(slot: number): number;
  strategy(slot: number): number;
  segment(slot: number): number;
  /** The catalogue of the request, not of its items. */
  catalog(slot: number): number;
  /** The catalogue that the caller named. */
  door(slot: number): number;
  /** Code of `experiment/variant`. */
  variant(slot: number): number;
  /** 16 bits of the hash of the key that chose the variant. */
  unit(slot: number): number;
  /** `packLabels` of the declared labels; 0 until the event of the request has come. */
  labels(slot: number): number;
  session(slot: number): number;
  firstPlace(slot: number): number;
  places(slot: number): number;
  /** Dense item index at a place. */
  item(place: number): number;
  /** Predicted click probability at a place, NaN unknown. */
  predicted(place: number): number;
  /** `outcomeBits`. */
  outcome(place: number): number;
  /** Outcome of the request as a whole, clicks and conversions of items outside of the slate included. */
  outcomeOf(slot: number): number;
  /** Calls `visit` once with each request that leaves, while its slot can still be read. */
  onLeave(visit: LeaveVisit): void;
  /** Calls `visit` with each feedback event that finds its request, in the order of the events. */
  onJoin(visit: JoinVisit): void;
  /** Since the start. */
  readonly joined: JoinCounts;
}

/** Bounds of the join, and what counts as what. */
export interface RequestWindowOptions {
  /** How long feedback is waited for. */
  readonly joinSeconds?: number;
  /** Requests held at once; the oldest leave early. */
  readonly maxRequests?: number;
  /** Places of their slates held at once; the oldest requests leave early. */
  readonly maxPlaces?: number;
  readonly clickTypes?: readonly string[];
  readonly conversionTypes?: readonly string[];
}

/** What feedback itself says, beside its type. */
const saidBits = noteBits.positive | noteBits.read;

/** Places a request on average, unless told otherwise. */
const placesPerRequest = 32;
const mostPlaces = 1 << 27;

/**
 * Makes an empty window. Times are those of arrival, so feedback that tells of an old time is joined as any other. A
 * slate is the run of exposures with one request hash, from position 0 to the event of the request; where a request
 * hash comes again the newer request takes its name and the older leaves. Exposures and requests without a hash are left
 * out.
 *
 * Feedback that names no request joins by last touch: the newest request that showed its item to its session, or else to
 * its user. It joins nothing else, nor a request that was served more than the join time after what it tells of. A
 * request that named a session belongs to that session, and feedback that names its user alone does not find it.
 *
 * Feedback that found a request marks it, and the first place that shows its item. With the defaults it takes 26 MB at
 * most. O(1) an exposure or request; a feedback event that names its request takes O(places of the slate), another
 * O(places of the requests of its owner), some thousand at most. Throws `SL_CONFIG_INVALID` on bounds out of range.
 *
 * @example
 * const window = createRequestWindow({ joinSeconds: 600 }, context);
 * window.onLeave((slot) => judge(window.outcomeOf(slot)));
 */
export function createRequestWindow(
  {
    joinSeconds = 1800,
    maxRequests = 65_536,
    maxPlaces = placesPerRequest * maxRequests,
    clickTypes = ['click'],
    conversionTypes = ['cart', 'purchase'],
  }: RequestWindowOptions = {},
  { nameOf }: Pick<SignalContext, 'nameOf'>,
): RequestWindow {
  checkBound('requests', maxRequests);
  checkBound('places', maxPlaces);
  const slots = new RequestSlots({ maxRequests, maxPlaces });
  const joined = { matched: 0, late: 0, unmatched: 0, attributed: 0, unattributed: 0 };
  const joinVisits: JoinVisit[] = [];
  const bitsOf = createOutcomeBits({ clickTypes, conversionTypes }, nameOf);
  /** Whether the newest request still waits for its event. */
  let isOpen = false;

  const expire = (nowMs: number) => slots.leaveUntil(nowMs - joinSeconds * 1000, nowMs);
  const expose = (batch: EventBatch, i: number, nowMs: number) => {
    const goesOn = isOpen && batch.position(i) !== 0 && slots.isNewest(batch.request(i));
    if (!goesOn) slots.begin(batch, i, nowMs);
    isOpen = true;
    slots.addPlace(batch.item(i), batch.predicted(i), nowMs);
  };
  const serve = (batch: EventBatch, i: number, nowMs: number) => {
    if (!(isOpen && slots.isNewest(batch.request(i)))) slots.begin(batch, i, nowMs);
    slots.complete(batch, i);
    isOpen = false;
  };
  const mark = (slot: number, batch: EventBatch, i: number) => {
    const bits = bitsOf(batch.detail(i)) | (batch.trouble(i) & saidBits);
    slots.mark(slot, batch.item(i), bits);
    for (const visit of joinVisits) visit(slot, bits);
  };
  const join = (batch: EventBatch, i: number) => {
    const slot = slots.find(batch.request(i));
    if (slot >= 0) {
      joined.matched += 1;
      mark(slot, batch, i);
    } else if (slots.hasSeen(batch.request(i))) joined.late += 1;
    else joined.unmatched += 1;
  };
  const attribute = (batch: EventBatch, i: number) => {
    const item = batch.item(i);
    const lastAtMs = batch.atMs(i) + joinSeconds * 1000;
    let slot = slots.findShown(ownerOf(batch, i), item, lastAtMs);
    if (slot < 0) slot = slots.findShown(-batch.user(i), item, lastAtMs);
    if (slot >= 0) {
      joined.attributed += 1;
      mark(slot, batch, i);
    } else joined.unattributed += 1;
  };
  const observe = (batch: EventBatch, nowMs: number) => {
    expire(nowMs);
    for (let i = 0; i < batch.count; i++) {
      const kind = batch.kind(i);
      if (batch.request(i) === 0) {
        if (kind === kindCode.feedback) attribute(batch, i);
      } else if (kind === kindCode.exposure) expose(batch, i, nowMs);
      else if (kind === kindCode.request) serve(batch, i, nowMs);
      else join(batch, i);
    }
  };
  const onJoin = (visit: JoinVisit) => {
    joinVisits.push(visit);
  };
  return { observe, expire, joined, onJoin, ...readersOf(slots) };
}

/** What a window tells of the requests it holds. */
function readersOf(slots: RequestSlots) {
  const { slates } = slots;
  return {
    find: (request: number) => slots.find(request),
    work: (slot: number) => slots.work[slot],
    strategy: (slot: number) => slots.strategy[slot],
    segment: (slot: number) => slots.segment[slot],
    catalog: (slot: number) => slots.catalog[slot],
    door: (slot: number) => slots.door[slot],
    variant: (slot: number) => slots.variant[slot],
    unit: (slot: number) => slots.unit[slot],
    labels: (slot: number) => slots.labels[slot],
    session: (slot: number) => slots.session[slot],
    firstPlace: (slot: number) => slots.firstPlace[slot],
    places: (slot: number) => slots.places[slot],
    item: (place: number) => slates.item(place),
    predicted: (place: number) => slates.predicted(place),
    outcome: (place: number) => slates.outcome(place),
    outcomeOf: (slot: number) => slots.outcome[slot],
    onLeave: (visit: LeaveVisit) => slots.onLeave(visit),
  };
}

/** Answers what feedback of a type means, by the code of the type. */
function createOutcomeBits(
  {
    clickTypes,
    conversionTypes,
  }: { clickTypes: readonly string[]; conversionTypes: readonly string[] },
  nameOf: (code: number) => string,
): (code: number) => number {
  const bits = new Map<string, number>();
  const add = (type: string, bit: number) => bits.set(type, (bits.get(type) ?? 0) | bit);
  for (const type of clickTypes) add(type, outcomeBits.clicked);
  for (const type of conversionTypes) add(type, outcomeBits.converted);
  return (code) => bits.get(nameOf(code)) ?? 0;
}

function checkBound(what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= mostPlaces) return;
  throw new SightlineError(
    'SL_CONFIG_INVALID',
    `most ${what} of the request window are ${value}, expected an integer from 1 to ${mostPlaces}`,
  );
}
