import type { Interactions } from '../model.ts';
import { backwardBytes } from './click-backward.ts';
import { forwardBytes } from './click-forward.ts';
import type { DeepOptions } from './click-schema.ts';

/** Copies of the examples that there are at the same time: columns that grew, both parts, and those of the kernels. */
const copies = 4;

/** Bytes that learning clicks of interactions takes, about. O(sessions). */
export function clickMemoryBytes(interactions: Interactions, options: DeepOptions): number {
  const { items, offsets, codes, users, itemAttributes, userAttributes, reads } = interactions;
  const events = Math.min(codes.length, options.maxEvents);
  const examples =
    events * (reads?.items.length ? 1 : 1 + options.negatives) + (reads?.items.length ?? 0);
  const sessions = Math.max(1, offsets.length - 1);
  const history = Math.min(options.window, codes.length / sessions);
  const perRow = (table: typeof itemAttributes, rows: number) =>
    1 + (table === undefined ? 0 : table.codes.length / Math.max(1, rows));
  const perExample =
    history +
    perRow(itemAttributes, itemAttributes?.ids.length ?? 0) +
    perRow(userAttributes, userAttributes?.ids.length ?? 0);
  const labels = (itemAttributes?.labels.length ?? 0) + (userAttributes?.labels.length ?? 0);
  const shape = {
    fields: 8,
    fieldOf: new Uint32Array(3 * items.length + (users?.length ?? 0) + labels),
    dimensions: options.dimensions,
    hidden: options.hidden,
  };
  const room = {
    batchRows: options.batchRows,
    batchFeatures: Math.ceil(options.batchRows * (options.window + 2)),
  };
  return Math.ceil(
    copies * 8 * examples * perExample +
      2 * forwardBytes(shape, options.batchRows) +
      backwardBytes(shape, room),
  );
}
