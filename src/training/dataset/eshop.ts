import { SightlineError } from '../../domain/errors.ts';
import type { Feedback } from '../../domain/feedback.ts';
import type { Item } from '../../domain/item.ts';
import { hash32 } from '../../math/rng.ts';
import type { DatasetReport, DatasetSink, RecordedSession } from './dataset-reader.ts';
import { type EshopRow, eshopHeader, eshopSegment, parseEshopRow } from './eshop-row.ts';
import { readLines } from './read-lines.ts';
import { createRowReport, type RowReport } from './row-report.ts';

const dayMs = 86_400_000;

/**
 * Reads the UCI clickstream of an online shop (M. Łapczyński and S. Białowąs 2013, doi:10.24432/C5QK7X): a CSV file, plain or
 * gzip. Products become items, published on the day of their first click; clicks become feedback of type `click`;
 * the country of a session becomes its segment.
 *
 * The file has days and an order of clicks but no clock. Times are made, the same on every run: sessions of a day start
 * in the order of the file, spread over the day, each at a place within its part that a hash of its id decides;
 * clicks follow at 15 to 45 seconds. A session that goes on past midnight does so.
 */
export async function readEshop(path: string, sink: DatasetSink): Promise<DatasetReport> {
  const report = createRowReport();
  const counts = { items: 0, users: 0, feedback: 0 };
  const known = new Set<string>();
  const day = createDay(path, report);
  const flush = async (): Promise<void> => {
    const { items, sessions, feedback } = finishDay(day.take(), known);
    counts.items += items.length;
    counts.feedback += feedback.length;
    if (items.length > 0) await sink.items?.(items);
    if (sessions.length > 0) await sink.sessions?.(sessions);
    if (feedback.length > 0) await sink.feedback?.(feedback);
  };
  let line = 0;
  await readLines(path, async (lines, done) => {
    for (const text of lines) {
      line += 1;
      if (line === 1) checkHeader(path, text);
      else if (text !== '') {
        const row = parseEshopRow(text);
        if ('kind' in row) report.skip(path, line, row);
        else {
          if (day.isOver(row)) await flush();
          day.add(row, line);
        }
      }
    }
    sink.progress?.(done);
  });
  if (line === 0) checkHeader(path, '');
  await flush();
  return report.finish(counts);
}

function checkHeader(path: string, text: string): void {
  if (text.replace(/^\uFEFF/, '') === eshopHeader) return;
  const got = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  throw new SightlineError(
    'SL_DATA_INVALID',
    `${path} begins with "${got}", expected the header of the e-shop clickstream`,
  );
}

/** The sessions of one day, in the order of the file. */
type Day = ReadonlyMap<number, readonly EshopRow[]>;

/** Gathers the rows of a day: only with all of them is it known how close its sessions follow each other. */
function createDay(path: string, report: RowReport) {
  let sessions = new Map<number, EshopRow[]>();
  let dayMs = Number.NaN;
  return {
    isOver: (row: EshopRow): boolean => sessions.size > 0 && row.dayMs !== dayMs,
    add(row: EshopRow, line: number): void {
      dayMs = row.dayMs;
      const clicks = sessions.get(row.session);
      const last = clicks?.at(-1);
      if (last !== undefined && row.order <= last.order) {
        const detail = `order is ${row.order} in session ${row.session}, expected more than ${last.order}`;
        report.skip(path, line, { kind: 'order not rising', detail });
      } else if (clicks === undefined) sessions.set(row.session, [row]);
      else clicks.push(row);
    },
    take(): Day {
      const taken = sessions;
      sessions = new Map();
      return taken;
    },
  };
}

/** Makes items, sessions and feedback of a day; `known` are the ids of items made before. */
function finishDay(
  day: Day,
  known: Set<string>,
): { items: Item[]; sessions: RecordedSession[]; feedback: Feedback[] } {
  const items: Item[] = [];
  const sessions: RecordedSession[] = [];
  const feedback: Feedback[] = [];
  let place = 0;
  for (const [number, clicks] of day) {
    const session = `s${number}`;
    sessions.push({ id: session, segment: eshopSegment(clicks[0].country) });
    const share = (place++ + hash32(number) / 2 ** 32) / day.size;
    let atMs = clicks[0].dayMs + Math.floor(share * dayMs);
    for (const click of clicks) {
      if (!known.has(click.model)) {
        known.add(click.model);
        items.push(itemOf(click));
      }
      feedback.push({
        key: `${session}-${click.order}`,
        type: 'click',
        item: click.model,
        session,
        atMs,
      });
      atMs += 15_000 + (hash32(number ^ Math.imul(click.order, 0x9e3779b9)) % 30_000);
    }
  }
  return { items, sessions, feedback };
}

function itemOf(click: EshopRow): Item {
  const { colour, location, photography, price, page } = click;
  return {
    id: click.model,
    catalog: click.category,
    categories: [click.category],
    attributes: {
      colour,
      price,
      price_above_average: click.priceAboveAverage,
      photography,
      page,
      location,
    },
    hidden: false,
    publishedAtMs: click.dayMs,
  };
}
