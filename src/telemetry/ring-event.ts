/** What an event of the ring tells of. */
export const eventKinds = ['exposure', 'feedback', 'request'] as const;
export type EventKind = (typeof eventKinds)[number];

/** The number of each kind. */
export const kindCode: Readonly<Record<EventKind, number>> = {
  exposure: 0,
  feedback: 1,
  request: 2,
};

/**
 * One event, in numbers. Producers keep one such object and change its fields from event to event.
 *
 * | field | exposure | feedback | request |
 * |---|---|---|---|
 * | item | dense index | dense index, -1 unknown | -1 |
 * | position | place in the slate, from 0 | -1 | items returned |
 * | catalog | of the request | 0 | of the request |
 * | door | named by the caller, 0 none | 0 | named by the caller, 0 none |
 * | detail | code of `experiment/variant`, 0 none | code of the feedback type | code of the outcome |
 * | predicted | click probability, NaN unknown | NaN | NaN |
 */
export interface RingEvent {
  kind: number;
  item: number;
  /** 23 bits and a sign. */
  position: number;
  /** Codes of `EventCodes`, 16 bits; 0 where the event has none. */
  work: number;
  strategy: number;
  segment: number;
  catalog: number;
  /** The catalogue that the caller named, as the page does that asks; `catalog` may be worked out. */
  door: number;
  detail: number;
  /** Single precision. */
  predicted: number;
  /** `hashId` of the request id; 0 where there is none. */
  request: number;
  /** `hashId` of the id of the session, or of the user where there is no session; 0 where there is neither. */
  session: number;
  /** Epoch milliseconds at which it happened. */
  atMs: number;
}

/** A neutral event to fill in. */
export function blankEvent(kind: EventKind): RingEvent {
  return {
    kind: kindCode[kind],
    item: -1,
    position: -1,
    work: 0,
    strategy: 0,
    segment: 0,
    catalog: 0,
    door: 0,
    detail: 0,
    predicted: Number.NaN,
    request: 0,
    session: 0,
    atMs: 0,
  };
}
