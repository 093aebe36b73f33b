/** What an event of the ring tells of. */
export const eventKinds = ['exposure', 'feedback', 'request'] as const;
export type EventKind = (typeof eventKinds)[number];

/** The number of each kind. */
export const kindCode: Readonly<Record<EventKind, number>> = {
  exposure: 0,
  feedback: 1,
  request: 2,
};

/** What the `notes` of a feedback event or an exposure say, one bit each. */
export const noteBits = {
  /** `session` is the hash of a user: session and user may have the same id and are not the same. */
  ofUser: 1,
  /** Feedback says that somebody wanted the item; see `createFeedbackNotes`. */
  positive: 4,
  /** Feedback says that somebody saw the item. */
  read: 8,
} as const;

/**
 * One event, in numbers. Producers keep one such object and change its fields from event to event.
 *
 * | field | exposure | feedback | request |
 * |---|---|---|---|
 * | item | dense index | dense index, -1 unknown | `packLabels` of the declared labels |
 * | position | place in the slate, from 0 | -1 | items returned |
 * | work | of the request | `putUser` | of the request |
 * | catalog | of the request | `putUser` | of the request |
 * | door | named by the caller, 0 none | `putUser` | named by the caller, 0 none |
 * | detail | code of `experiment/variant`, 0 none | code of the feedback type | code of the outcome |
 * | predicted | click probability, NaN unknown | NaN | seconds until the answer |
 * | variant | 0 | `putUser` | code of `experiment/variant`, 0 none |
 * | trouble | `noteBits` | `noteBits` | `packTrouble` of the stages |
 * | features | 16 bits of the hash of the key that chose the variant | 0 | `packFeatures` of what was read |
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
  /** 16 bits each. */
  variant: number;
  trouble: number;
  features: number;
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
    variant: 0,
    trouble: 0,
    features: 0,
    predicted: Number.NaN,
    request: 0,
    session: 0,
    atMs: 0,
  };
}

/**
 * Puts the hash of the user into feedback that names a session too, where other events have codes; 0 is none.
 * `EventBatch.user` reads it.
 */
export function putUser(event: RingEvent, hash: number): void {
  const high = Math.floor(hash / 2 ** 32);
  event.work = hash & 0xffff;
  event.door = (hash >>> 16) & 0xffff;
  event.catalog = high & 0xffff;
  event.variant = high >>> 16;
}

/** Codes of the values of at most two declared labels in one word; 0 where a label has no value. */
export function packLabels(first: number, second: number): number {
  return first | (second << 16);
}

/** The code of declared label 0 or 1 in a word of `packLabels`. */
export function labelOf(packed: number, label: number): number {
  return label === 0 ? packed & 0xffff : packed >>> 16;
}

/**
 * What went wrong in a request, in 16 bits: the code of a degradation reason, and the places in `stageNames` of the
 * stage that was degraded and of the stage that took longest, each counted from 1; 0 is none.
 *
 * @example troubleOf(packTrouble({ reason: 7, stage: 3, slowest: 4 })) // { reason: 7, stage: 3, slowest: 4 }
 */
export function packTrouble({ reason, stage, slowest }: Trouble): number {
  return reason | (stage << 8) | (slowest << 12);
}

/** What a request suffered; see `packTrouble`. */
export interface Trouble {
  readonly reason: number;
  readonly stage: number;
  readonly slowest: number;
}

/** The parts of `packTrouble`. */
export function troubleOf(packed: number): Trouble {
  return { reason: packed & 255, stage: (packed >> 8) & 15, slowest: (packed >> 12) & 15 };
}

/** Features asked for and features missing of a request, 255 of each at most, in 16 bits. */
export function packFeatures(asked: number, missing: number): number {
  return Math.min(asked, 255) | (Math.min(missing, 255) << 8);
}

/** Features asked for in a word of `packFeatures`. */
export function featuresAsked(packed: number): number {
  return packed & 255;
}

/** Features missing in a word of `packFeatures`. */
export function featuresMissing(packed: number): number {
  return packed >> 8;
}
