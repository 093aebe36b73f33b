import { SightlineError } from '../../domain/errors.ts';

/** Classes of requests, the most important first; a metric label. */
export const priorities = ['interactive', 'batch', 'shadow'] as const;
export type Priority = (typeof priorities)[number];

/** Why requests are shed; a metric label. */
const shedReasons = ['shed.concurrency', 'shed.eventloop'] as const;
export type ShedReason = (typeof shedReasons)[number];

/** What a shed request gets: items from the popularity list, or none; a metric label. */
export const shedAnswers = ['popular', 'refused'] as const;
export type ShedAnswer = (typeof shedAnswers)[number];

/** How a request wants to be treated when not all can be served. */
export interface Standing {
  readonly priority: Priority;
  /** `refused` for callers who have something better than popular items. */
  readonly whenShed: ShedAnswer;
}

/** The standing of a request that says nothing. */
export const ordinary: Standing = { priority: 'interactive', whenShed: 'popular' };

/** A request that was refused because of too much load. */
export class OverloadError extends SightlineError {
  readonly reason: ShedReason;

  constructor(reason: ShedReason) {
    super('SL_OVERLOADED', `request was shed for ${reason}, expected less load`);
    this.name = 'OverloadError';
    this.reason = reason;
  }
}
