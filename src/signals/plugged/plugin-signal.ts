import type { EventKind } from '../../telemetry/ring-event.ts';

/**
 * One event as signals of plugins see it; the same object is filled anew for each, so what is to be kept is copied. Ids
 * are not in it: `session` and `request` are hashes that say which events belong together, and 0 where there is none.
 */
export interface SignalEvent {
  /** One item was shown; one event of feedback came; one answer left, after the exposures of its items. */
  readonly kind: EventKind;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly request: number;
  /** Of the session, or of the user where there is no session. */
  readonly session: number;
  /** Dense index of the item, -1 where it is unknown or the event is of an answer. */
  readonly item: number;
  /** Place in the slate from 0 of an exposure, otherwise -1. */
  readonly position: number;
  /** Predicted click probability of an exposure, NaN unknown. */
  readonly predicted: number;
  /** Items of an answer, otherwise 0. */
  readonly items: number;
  /** Time until an answer left, otherwise NaN. */
  readonly seconds: number;
  /** Type of the feedback, otherwise empty. */
  readonly type: string;
  /** Outcome of the answer, otherwise empty. */
  readonly outcome: string;
  /** What the request carried; empty for feedback that names no request in time, and where it had none. */
  readonly work: string;
  readonly strategy: string;
  readonly segment: string;
  readonly catalog: string;
}

/** Labels that a reading may carry; their values are those of events. */
export const readingLabels = ['work', 'strategy', 'segment', 'catalog'] as const;

/** One of `readingLabels`. */
export type ReadingLabel = (typeof readingLabels)[number];

/** One value that a signal of a plugin measured. */
export interface PluginReading {
  /** What is measured, with its unit: lower-case letters, digits and `_`, 40 at most. */
  readonly measure: string;
  /** Which part of the traffic it is of: names that events carried. */
  readonly labels?: { readonly [Label in ReadingLabel]?: string };
  /** Finite; null where there is too little to say. */
  readonly value: number | null;
  /** How many events it is made of. */
  readonly samples?: number;
}

/** A signal that a plugin brings: it sees every event once, in order, and is asked for readings once a second. */
export interface PluginSignal {
  see(event: SignalEvent): void;
  /** `nowMs` is epoch milliseconds. 100 different measures with labels at most, in all its life. */
  report(nowMs: number): readonly PluginReading[];
}
