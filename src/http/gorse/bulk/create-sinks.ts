import { createItemKind } from '../item-kind.ts';
import { createUserKind } from '../user-kind.ts';
import { createFeedbackSink } from './feedback-sink.ts';
import { createRowSink, type RowReading, type SinkParts } from './row-sink.ts';

/** Makes the places where the rows of an import go, by table. */
export function createSinks(parts: SinkParts, reading: RowReading) {
  const users = createUserKind(parts.gateway);
  const items = createItemKind(parts.gateway);
  return {
    users: createRowSink(users, parts, reading),
    items: createRowSink(items, parts, reading),
    feedback: createFeedbackSink({ users, items }, parts, reading),
  };
}
