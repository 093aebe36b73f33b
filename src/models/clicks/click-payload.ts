import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import type { ClickFeatures } from './click-features.ts';
import { type ClickWeights, denseLayers } from './click-weights.ts';
import { readFeatureRows, writeFeatureRows } from './feature-rows.ts';

/** A click model as it travels. */
export interface ClickPayload {
  readonly features: ClickFeatures;
  readonly weights: ClickWeights;
  /** ln of how often an item is a negative of an event, by item with events; added to calibrated logits. */
  readonly corrections: Float32Array;
  readonly window: number;
  readonly scan: number;
}

const headSchema = z.strictObject({
  fields: z.int().min(0).max(1000),
  dimensions: z.int().multipleOf(4).min(4).max(1024),
  hidden: z.array(z.int().multipleOf(8).min(8).max(1024)).max(6),
  lastAt: z.int().min(0),
  historyAt: z.int().min(0),
  historyItems: z.int().min(0),
  window: z.int().min(1).max(200),
  scan: z.int().min(1).max(100_000),
  bias: z.number(),
  platt: z.strictObject({ slope: z.number().positive().max(1e6), offset: z.number() }),
});

/** Writes a click model as bytes. */
export function writeClickPayload(payload: ClickPayload): Uint8Array {
  const { features, weights, corrections, window, scan } = payload;
  const { fields, lastAt, historyAt, historyItems } = features;
  const { dimensions, hidden, bias, platt } = weights;
  const head = {
    ...{ fields, dimensions, hidden, lastAt, historyAt, historyItems },
    ...{ window, scan, bias, platt },
  };
  const writer = new PayloadWriter().json(head).json(features.items).json(features.users);
  writer.array(features.fieldOf);
  writeFeatureRows(writer, features.itemRows);
  writeFeatureRows(writer, features.userRows);
  writer.array(corrections).array(weights.linear).array(weights.embeddings).array(weights.dense);
  return writer.bytes();
}

/** Reads what `writeClickPayload` wrote. Throws `SL_MODEL_CORRUPT`. */
export function readClickPayload(bytes: Uint8Array): ClickPayload {
  const reader = new PayloadReader(bytes);
  const head = reader.json('shape', headSchema);
  const { fields, dimensions, hidden, lastAt, historyAt, historyItems } = head;
  const { window, scan, bias, platt } = head;
  const [items, users] = [reader.ids('items'), reader.ids('users')];
  const fieldOf = reader.uint32('fields', { below: fields });
  const features = fieldOf.length;
  if (historyItems > items.length || Math.max(lastAt, historyAt) + historyItems > features)
    throw new SightlineError(
      'SL_MODEL_CORRUPT',
      `model payload: history has ${historyItems} items, expected those with events`,
    );
  const itemRows = readFeatureRows(reader, 'features of items', { rows: items.length, features });
  const userRows = readFeatureRows(reader, 'features of users', { rows: users.length, features });
  const corrections = reader.float32('corrections', historyItems);
  const linear = reader.float32('linear weights', features);
  const embeddings = reader.float32('embeddings', features * dimensions);
  const { total } = denseLayers({ fields, dimensions, hidden });
  const dense = reader.float32('weights of layers', total);
  reader.end();
  const shape = { fields, fieldOf, dimensions, hidden };
  return {
    features: {
      ...{ fields, fieldOf, items, users, lastAt, historyAt, historyItems },
      ...{ itemRows, userRows },
    },
    weights: { ...shape, bias, platt, linear, embeddings, dense },
    corrections,
    window,
    scan,
  };
}
