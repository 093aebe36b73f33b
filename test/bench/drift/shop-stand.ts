import { join, resolve } from 'node:path';
import { type CatalogSwap, swapClicks } from '../../../src/cli/replay/swap-catalogs.ts';
import { modelKinds } from '../../../src/models/index.ts';
import type { DriftOptions } from '../../../src/signals/drift/drift-options.ts';
import { drift } from '../../../src/signals/drift.ts';
import { itemColumns, itemVectors } from '../../../src/signals/known/known-items.ts';
import type { PastEvents } from '../../../src/signals/signal.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';
import { EventCodes, hashId } from '../../../src/telemetry/event-codes.ts';
import { createEventRing, openEventRing } from '../../../src/telemetry/event-ring.ts';
import { blankEvent } from '../../../src/telemetry/ring-event.ts';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import { collectDataset } from '../../../src/training/dataset/dataset-reader.ts';
import { testContext } from '../../signals/context.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** A click of the recording. */
export interface ShopClick {
  readonly item: number;
  readonly session: number;
  readonly atMs: number;
  /** Code of the catalogue of the page. */
  readonly page: number;
  /** Whether it opens a session. */
  readonly first: boolean;
  /** The item it is on when catalogues are cross-wired. */
  readonly swapped: number;
}

/** The drift signal over the recorded shop, its clock the recording's. */
export interface ShopStand {
  readonly clicks: readonly ShopClick[];
  /** Sends clicks through a ring. */
  feed(clicks: readonly ShopClick[], how: { swapped: boolean }): void;
  /** The greatest coefficient of the pairs measured in this report. */
  greatest(): { coefficient: number; by: string };
}

/** What a stand does. */
export interface StandOptions {
  readonly folder: string | undefined;
  /** The model and the reference know what was before. */
  readonly cutMs: number;
  /** Whether a recommendation was asked for before the first click of a session too. */
  readonly firstClicksAsk: boolean;
  readonly swaps: readonly CatalogSwap[];
  readonly drift: DriftOptions;
}

/** Trains item2vec on the sessions before the cut, recalls their clicks and finds the scales. */
export async function openShopStand(options: StandOptions): Promise<ShopStand> {
  const path = join(options.folder ?? join(repository, 'demo'), 'eshop-clothing-2008.csv.gz');
  const { items, feedback } = await collectDataset({ format: 'eshop', path });
  const table = new ItemTable();
  for (const item of items) table.upsert(item);
  const codes = new EventCodes();
  const columns = itemColumns(table, codes);
  const events = feedback.toSorted((a, b) => a.atMs - b.atMs);
  const began = new Map<string, number>();
  for (const { session, atMs } of events) if (!began.has(session!)) began.set(session!, atMs);
  const catalogs = new Map(items.map(({ id, catalog }) => [id, catalog]));
  const swapped = swapClicks(
    events.map((event) => ({
      ...event,
      session: event.session!,
      catalog: catalogs.get(event.item),
    })),
    { swaps: options.swaps, swapFromMs: 0 },
  );
  const seen = new Set<string>();
  const clicks = events.map(({ item, session, atMs }, i) => {
    const first = !seen.has(session!);
    seen.add(session!);
    const index = table.indexOf(item);
    const page = columns.catalog[index];
    return {
      item: index,
      session: hashId(session!),
      atMs,
      page,
      first,
      swapped: table.indexOf(swapped[i].item),
    };
  });
  const builder = createInteractionBuilder();
  for (const event of events) if (began.get(event.session!)! < options.cutMs) builder.add(event);
  const kind = modelKinds.item2vec;
  const payload = kind.fit(builder.build(), kind.defaults, () => {});
  const model = kind.load(payload, { kind: 'item2vec', version: 'bench', trainedAtMs: 0 }, table);

  let nowMs = options.cutMs;
  const doors = new Map<number, number>();
  const { requests } = testContext();
  const signal = drift.create(
    testContext({
      nameOf: (code) => codes.nameOf(code),
      items: columns,
      vectors: itemVectors(model),
      requests: {
        ...requests,
        find: (request) => (doors.has(request) ? request : -1),
        door: (slot) => doors.get(slot)!,
      },
    }),
    options.drift,
  );
  signal.recall?.(pastOf(clicks.filter(({ atMs }) => atMs < options.cutMs)));
  const isCalibrated = () =>
    signal
      .report(nowMs)
      .readings.some(({ measure, value }) => measure === 'known_scales_ratio' && value === 1);
  while (!isCalibrated());

  const ring = createEventRing({ clock: { now: () => nowMs, monotonic: () => nowMs } });
  const reader = openEventRing(ring.shared);
  return {
    clicks: clicks.filter(({ atMs }) => atMs >= options.cutMs),
    feed(sent, { swapped }) {
      for (const click of sent) {
        nowMs = click.atMs;
        const asked = options.firstClicksAsk || !click.first;
        const request = asked ? click.atMs * 8 + (click.session % 8) : 0;
        if (asked) doors.set(request, click.page);
        const { session, atMs } = click;
        const item = swapped ? click.swapped : click.item;
        ring.put({ ...blankEvent('feedback'), item, session, atMs, request });
        reader.drain((batch) => signal.observe(batch, nowMs));
        doors.delete(request);
      }
    },
    greatest() {
      const pairs = [...signal.report(nowMs + 1000).pairs];
      const [top] = pairs.sort((a, b) => b.coefficient - a.coefficient);
      if (top === undefined) return { coefficient: 0, by: '' };
      const by = `${top.source} to ${top.target}, ${top.measure} of ${top.clicks} clicks`;
      return { coefficient: top.coefficient, by };
    },
  };
}

function pastOf(clicks: readonly ShopClick[]): PastEvents {
  return {
    count: clicks.length,
    session: Float64Array.from(clicks, ({ session }) => session),
    item: Int32Array.from(clicks, ({ item }) => item),
    atMs: Float64Array.from(clicks, ({ atMs }) => atMs),
  };
}
