import { z } from 'zod';

const ratio = z.number();

const qualitySchema = z.strictObject({
  task: z.enum(['next-click', 'ranking']),
  /** Clicks to foresee, or users. */
  cases: z.int(),
  recall: ratio,
  ndcg: ratio,
  mrr: ratio,
  hitRate: ratio,
  precision: ratio,
  coverage: ratio,
  /** Mean self-information of what is listed, in bits. */
  novelty: z.number(),
  auc: ratio.optional(),
  gauc: ratio.optional(),
});

const recordSchema = z.strictObject({
  kind: z.string(),
  /** Options of the kind, defaults filled in. */
  options: z.unknown(),
  trainedAtMs: z.number(),
  /** What it learnt from. */
  data: z.strictObject({
    hash: z.string(),
    users: z.int(),
    items: z.int(),
    sessions: z.int(),
    events: z.int(),
    /** Epoch milliseconds of the newest event, 0 without any. */
    lastAtMs: z.number(),
  }),
  /** How well its recipe did on a hold-out; null where it was not asked. */
  quality: qualitySchema.nullable(),
  /** Null where it was not asked. */
  gate: z
    .strictObject({
      verdict: z.enum(['promote', 'reject']),
      /** What it was compared with. */
      basis: z.enum(['first', 'as-is', 'refit', 'none']),
      reasons: z.array(z.strictObject({ reason: z.string(), message: z.string() })),
      /** NDCG minus that of the current version, with a 95 % interval; null where nothing was compared. */
      difference: z
        .strictObject({ mean: z.number(), low: z.number(), high: z.number() })
        .nullable(),
      /** Share of the items in the first 20 of any answer, and the median time of an answer. */
      coverage: ratio.nullable(),
      queryMs: z.number().nullable(),
    })
    .nullable(),
  lineage: z.strictObject({
    /** The version that was current when it was made. */
    parent: z.string().nullable(),
    trigger: z.string(),
    run: z.string(),
  }),
  /** Time of the fits and of the evaluation. */
  seconds: z.number(),
  bytes: z.int(),
  threads: z.int(),
  promotedAtMs: z.number().nullable(),
});

/** What is known of a version of a model: what made it, from what, how good it is, and why it may serve. */
export type VersionRecord = z.output<typeof recordSchema>;

/** Writes a record as JSON text. */
export function writeRecord(record: VersionRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
}

/** Reads a record; undefined for what is none: a record that is lost costs no model. */
export function readRecord(bytes: Uint8Array): VersionRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(Buffer.from(bytes).toString())).data;
  } catch {
    return undefined;
  }
}
