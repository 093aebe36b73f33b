import type { InspectedThread } from './inspected-threads.ts';
import type { StackSample } from './stacks.ts';

/** What a number of a profile is of, in the words of pprof. */
export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

/** A kind of profile: how a thread is sampled for it. */
export interface ProfileKind {
  /** What the values of each sample are; viewers show the last first. */
  readonly sampleTypes: readonly ValueType[];
  /** What lies between two samples, and how much of it. */
  readonly period: ValueType & { readonly value: number };
  start(thread: InspectedThread): Promise<void>;
  /** Ends the sampling; answers what was seen since `start`. */
  stop(thread: InspectedThread): Promise<readonly StackSample[]>;
}
