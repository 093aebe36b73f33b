import type { RecordSink } from './recorder.ts';
import { blankRequest, describeRequest, isTraced, type TracedRequest } from './trace-book.ts';

/** Something that finished requests are marked with where they show it. */
export interface RequestMark {
  /** What the server span and the log line say. */
  readonly id: string;
  /** The request is valid only during the call. */
  readonly shows: (request: Readonly<TracedRequest>) => boolean;
}

/** The marks in force. */
export interface RequestMarks {
  /** Writes the id of the first mark that a finished request shows into its record. */
  readonly see: RecordSink;
  /** Replaces the marks in force, the most important first; those beyond `maxMarks` are left out. */
  mark(marks: readonly RequestMark[]): void;
}

/** Marks in force at most, as each request may be held against all of them. */
export const maxMarks = 8;

/** Makes a set without marks; with none a record costs one comparison. Allocates nothing for a request. */
export function createRequestMarks(): RequestMarks {
  let inForce: readonly RequestMark[] = [];
  const request = blankRequest();
  return {
    see(record, originMs) {
      if (inForce.length === 0 || !isTraced(record)) return;
      describeRequest(record, originMs, request);
      for (const { id, shows } of inForce) {
        if (!shows(request)) continue;
        record.anomaly = id;
        return;
      }
    },
    mark(marks) {
      inForce = marks.slice(0, maxMarks);
    },
  };
}
