import type { Feedback } from '../../domain/feedback.ts';
import { feedbackKey } from '../../domain/feedback.ts';
import type { DatasetReport, DatasetSink } from './dataset-reader.ts';
import { createNewItems } from './new-items.ts';
import { readLines } from './read-lines.ts';
import { createRowReport } from './row-report.ts';

const maxIdLength = 512;

/**
 * Reads lists in the format of LightGCN: a line a user, `user item item ...`. Each item is an event of type `click`, a
 * millisecond after the one before it from 1970 on, as the file says no times. Items are those that occur.
 */
export async function readLists(path: string, sink: DatasetSink): Promise<DatasetReport> {
  const report = createRowReport();
  const newItems = createNewItems();
  const counts = { items: 0, users: 0, feedback: 0 };
  let line = 0;
  await readLines(path, async (lines, done) => {
    const events: Feedback[] = [];
    for (const text of lines) {
      line += 1;
      const [user, ...items] = text.split(' ').filter((word) => word !== '');
      if (user === undefined) continue;
      if ([user, ...items].some((id) => id.length > maxIdLength || /[\p{Cc}\p{Cs}]/u.test(id))) {
        const detail = `row has an id that is longer than ${maxIdLength} or has control characters`;
        report.skip(path, line, { kind: 'bad id', detail });
        continue;
      }
      for (const [atMs, item] of items.entries()) {
        const event = { type: 'click', item, user, atMs };
        events.push({ ...event, key: feedbackKey(event) });
      }
    }
    const items = newItems.of(events);
    counts.items += items.length;
    counts.feedback += events.length;
    if (items.length > 0) await sink.items?.(items);
    if (events.length > 0) await sink.feedback?.(events);
    sink.progress?.(done);
  });
  return report.finish(counts);
}
