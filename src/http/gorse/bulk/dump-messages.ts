import { PbfReader, PbfWriter } from 'pbf';
import { SightlineError } from '../../../domain/errors.ts';
import type { FeedbackTotal } from '../../../domain/feedback.ts';
import type { Item } from '../../../domain/item.ts';
import type { Labels } from '../../../domain/labels.ts';
import type { User } from '../../../domain/user.ts';
import { isRowMistake } from '../go-json.ts';
import { showTime } from '../go-time.ts';
import type { Namespace } from '../namespace.ts';
import type { RowSink } from './row-sink.ts';

/** Numbers that stand where a length could, and begin the rows of a table. */
export const markers = { users: -1, items: -2, feedback: -3, end: 0 } as const;

type Kind = 'text' | 'texts' | 'flag' | 'number' | 'json' | 'time';
type Fields = Readonly<Record<number, readonly [name: string, kind: Kind]>>;

/** The fields of Gorse's messages that are ours too, by number: `protocol/protocol.proto`. */
const fields: Readonly<Record<RowSink['table'], Fields>> = {
  users: { 1: ['UserId', 'text'], 2: ['Labels', 'json'], 3: ['Comment', 'text'] },
  items: {
    2: ['ItemId', 'text'],
    3: ['IsHidden', 'flag'],
    4: ['Categories', 'texts'],
    5: ['Timestamp', 'time'],
    6: ['Labels', 'json'],
    7: ['Comment', 'text'],
  },
  feedback: {
    2: ['FeedbackType', 'text'],
    3: ['UserId', 'text'],
    4: ['ItemId', 'text'],
    5: ['Value', 'number'],
    6: ['Timestamp', 'time'],
    7: ['Comment', 'text'],
    9: ['Labels', 'json'],
  },
};

/** The message of a user. Attributes stand for labels where there are none. */
export function userMessage({ id, labels, attributes, comment }: User, namespace: Namespace) {
  const writer = new PbfWriter();
  putText(writer, 1, namespace.outer(id));
  putText(writer, 2, labelsText(labels, attributes));
  putText(writer, 3, comment);
  return framed(writer);
}

/** The message of an item. Attributes stand for labels where there are none. */
export function itemMessage(item: Item, namespace: Namespace): Uint8Array {
  const writer = new PbfWriter();
  putText(writer, 2, namespace.outer(item.id));
  if (item.hidden) {
    writer.writeTag(3, 0);
    writer.writeBoolean(true);
  }
  for (const category of item.categories) putText(writer, 4, category);
  putTime(writer, 5, item.publishedAtMs);
  putText(writer, 6, labelsText(item.labels, item.attributes));
  putText(writer, 7, item.comment);
  return framed(writer);
}

/** The message of a total of feedback. */
export function feedbackMessage(total: FeedbackTotal, namespace: Namespace): Uint8Array {
  const writer = new PbfWriter();
  putText(writer, 2, total.type);
  putText(writer, 3, namespace.outer(total.user));
  putText(writer, 4, namespace.outer(total.item));
  writer.writeTag(5, 1);
  writer.writeDouble(total.value);
  putTime(writer, 6, total.firstAtMs);
  putText(writer, 7, total.comment);
  putTime(writer, 8, total.lastAtMs);
  putText(writer, 9, labelsText(total.labels, {}));
  return framed(writer);
}

/** A marker as it stands in a dump: 8 bytes, the lowest first. */
export function markerBytes(marker: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(marker));
  return bytes;
}

/** A message as a row in Gorse's JSON form. Throws `SL_REQUEST_INVALID` where it is none. */
export function readMessage(table: RowSink['table'], bytes: Uint8Array): object {
  const row: Record<string, unknown> = {};
  const reader = new PbfReader(bytes);
  try {
    reader.readFields((number: number) => {
      const known = fields[table][number];
      if (known !== undefined) row[known[0]] = readValue(reader, known[1], row[known[0]]);
    }, undefined);
  } catch (cause) {
    if (isRowMistake(cause)) throw cause;
    throw mistake('is no message of protocol buffers');
  }
  if (reader.pos !== bytes.length) throw mistake('is a message that breaks off');
  return row;
}

function readValue(reader: PbfReader, kind: Kind, before: unknown): unknown {
  switch (kind) {
    case 'text':
      return readText(reader);
    case 'texts':
      return [...((before as string[] | undefined) ?? []), readText(reader)];
    case 'flag':
      return reader.readBoolean();
    case 'number':
      return reader.readDouble();
    case 'json':
      return readJson(readText(reader));
    default:
      return readTimestamp(reader);
  }
}

const mistake = (message: string) => new SightlineError('SL_REQUEST_INVALID', message);

const readText = (reader: PbfReader) => Buffer.from(reader.readBytes()).toString();

function readJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw mistake('has labels that are not JSON');
  }
}

/** A `google.protobuf.Timestamp`. */
function readTimestamp(reader: PbfReader): string {
  const time = { seconds: 0, nanos: 0 };
  reader.readMessage((number: number, into) => {
    if (number === 1) into.seconds = reader.readVarint(true);
    else if (number === 2) into.nanos = reader.readVarint(true);
  }, time);
  const ms = time.seconds * 1000 + Math.floor(time.nanos / 1e6);
  if (Number.isNaN(new Date(ms).getTime())) throw mistake('has a time that no date can say');
  return showTime(ms);
}

function putText(writer: PbfWriter, number: number, text: string | undefined): void {
  if (text === undefined || text === '') return;
  writer.writeTag(number, 2);
  // The library's own writer of text is wrong beyond U+1FFFF.
  writer.writeBytes(Buffer.from(text));
}

function putTime(writer: PbfWriter, number: number, atMs: number): void {
  const seconds = Math.floor(atMs / 1000);
  const nanos = Math.round((atMs - seconds * 1000) * 1e6);
  writer.writeMessage(number, writeTimestamp, { seconds, nanos });
}

function writeTimestamp(time: { seconds: number; nanos: number }, writer: PbfWriter): void {
  writer.writeTag(1, 0);
  writer.writeVarint(time.seconds);
  if (time.nanos === 0) return;
  writer.writeTag(2, 0);
  writer.writeVarint(time.nanos);
}

/** Gorse has no true and false among labels, and reads no labels as an error. */
function labelsText(labels: Labels | undefined, attributes: User['attributes']): string {
  const given = Object.entries(attributes);
  if (labels !== undefined || given.length === 0) return JSON.stringify(labels ?? null);
  const plain = given.map(([name, value]) => [
    name,
    typeof value === 'boolean' ? String(value) : value,
  ]);
  return JSON.stringify(Object.fromEntries(plain));
}

function framed(writer: PbfWriter): Uint8Array {
  const bytes = writer.finish();
  return Buffer.concat([markerBytes(bytes.length), bytes]);
}
