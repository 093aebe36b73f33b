import { z } from 'zod';
import { type Feedback, feedbackKey } from '../../domain/feedback.ts';
import type { Item } from '../../domain/item.ts';
import type { User } from '../../domain/user.ts';
import type { RowProblem } from './row-report.ts';

/** A row, or what is wrong with it. */
export type CheckedRow<Row> = { readonly row: Row } | RowProblem;
/** Reads one line, or says what is wrong with it. */
export type ParseRow<Row> = (text: string) => CheckedRow<Row>;

/** A text that names something: not empty, bounded, without control characters. */
const name = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'has control characters or is not well-formed, expected neither');
const id = name(512);
const label = name(128);
const attributes = z
  .record(label, z.union([z.string().max(1024), z.number(), z.boolean()]))
  .default({});

/** Epoch milliseconds, or ISO 8601 with an offset. */
const instant = z
  .union([z.int().min(0).max(8.64e15), z.iso.datetime({ offset: true })])
  .transform((value) => (typeof value === 'number' ? value : Date.parse(value)));

const itemSchema = z
  .strictObject({
    id,
    catalog: label.default('default'),
    categories: z.array(label).max(100).default([]),
    attributes,
    hidden: z.boolean().default(false),
    published_at: instant.default(0),
    expires_at: instant.nullish(),
  })
  .transform(
    ({ published_at, expires_at, ...rest }): Item => ({
      ...rest,
      publishedAtMs: published_at,
      expiresAtMs: expires_at ?? undefined,
    }),
  );

const userSchema = z
  .strictObject({ id, segment: label.nullish(), attributes })
  .transform(({ segment, ...rest }): User => ({ ...rest, segment: segment ?? undefined }));

const feedbackSchema = z
  .strictObject({
    id: id.optional(),
    type: label,
    item: id,
    user: id.optional(),
    session: id.optional(),
    timestamp: instant,
    value: z.number().optional(),
    request_id: id.optional(),
  })
  .transform(({ id: key, timestamp, request_id, ...rest }): Feedback => {
    const event = { ...rest, atMs: timestamp, requestId: request_id };
    return { ...event, key: key ?? feedbackKey(event) };
  });

/** The fields of `POST /v1/items`. */
export const checkItemRow = rowCheck(itemSchema);
/** The fields of `POST /v1/users`. */
export const checkUserRow = rowCheck(userSchema);
/** The fields of `POST /v1/feedback`, the timestamp never left out. */
export const checkFeedbackRow = rowCheck(feedbackSchema);

/** A line of items.jsonl. */
export const parseItemRow = rowParser(checkItemRow);
/** A line of users.jsonl. */
export const parseUserRow = rowParser(checkUserRow);
/** A line of feedback.jsonl. */
export const parseFeedbackRow = rowParser(checkFeedbackRow);

function rowParser<Row>(check: (value: unknown) => CheckedRow<Row>): ParseRow<Row> {
  return (text) => {
    try {
      return check(JSON.parse(text));
    } catch (cause) {
      return { kind: 'not JSON', detail: `row is not JSON: ${(cause as Error).message}` };
    }
  };
}

function rowCheck<Row>(schema: z.ZodType<Row>): (value: unknown) => CheckedRow<Row> {
  return (value) => {
    const result = schema.safeParse(value);
    if (result.success) return { row: result.data };
    const [{ path, message }] = result.error.issues;
    const field = path.join('.');
    return {
      kind: field === '' ? 'not a row' : `bad ${path[0].toString()}`,
      detail: field === '' ? message : `${field}: ${message}`,
    };
  };
}
