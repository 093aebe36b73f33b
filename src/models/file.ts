import { createHash } from 'node:crypto';
import { SightlineError } from '../domain/errors.ts';
import type { ModelStamp } from './model.ts';

/** The first four bytes of a model file. */
const magic = Buffer.from('SLMD');
/** The newest format this code reads, and the one it writes. */
const formatVersion = 1;
/** Magic, format (u16), length of the kind (u16), trainedAt (f64), length of the payload (f64), SHA-256. */
const headBytes = 4 + 2 + 2 + 8 + 8 + 32;

/** A payload with who it is. */
export interface FramedModel {
  readonly stamp: ModelStamp;
  readonly payload: Uint8Array;
}

/**
 * Puts a payload into its frame; the checksum covers kind, time and payload.
 *
 * @example readFrame(frameModel({ kind: 'popular', trainedAtMs: 5, payload }), 'memory').stamp.kind // 'popular'
 */
export function frameModel(model: {
  readonly kind: string;
  readonly trainedAtMs: number;
  readonly payload: Uint8Array;
}): Uint8Array {
  const kind = Buffer.from(model.kind, 'latin1');
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  head.writeUInt16LE(formatVersion, 4);
  head.writeUInt16LE(kind.length, 6);
  head.writeDoubleLE(model.trainedAtMs, 8);
  head.writeDoubleLE(model.payload.length, 16);
  checksum(head, kind, model.payload).copy(head, 24);
  return Buffer.concat([head, kind, model.payload]);
}

/** Takes a frame apart. Throws `SL_MODEL_CORRUPT`, or `SL_MODEL_VERSION` for a newer format. */
export function readFrame(bytes: Uint8Array, name: string): FramedModel {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < headBytes || !buffer.subarray(0, 4).equals(magic)) {
    throw corrupt(
      name,
      `is no model file: starts with ${buffer.subarray(0, 4).toString('hex')}, expected ${magic.toString('hex')}`,
    );
  }
  const format = buffer.readUInt16LE(4);
  if (format > formatVersion) {
    const message = `model file ${name} has format ${format}, expected ${formatVersion} at most`;
    throw new SightlineError('SL_MODEL_VERSION', message);
  }
  const payloadAt = headBytes + buffer.readUInt16LE(6);
  const expected = payloadAt + buffer.readDoubleLE(16);
  if (buffer.length !== expected) {
    throw corrupt(name, `has ${buffer.length} bytes, expected ${expected}`);
  }
  const kind = buffer.subarray(headBytes, payloadAt);
  // A copy starts on a boundary that typed arrays can stand on.
  const payload = new Uint8Array(buffer.subarray(payloadAt));
  const sum = checksum(buffer.subarray(0, headBytes), kind, payload);
  if (!sum.equals(buffer.subarray(24, headBytes))) throw corrupt(name, 'has a wrong checksum');
  const version = sum.toString('hex').slice(0, 12);
  const trainedAtMs = buffer.readDoubleLE(8);
  return { stamp: { kind: kind.toString('latin1'), version, trainedAtMs }, payload };
}

function checksum(head: Buffer, kind: Uint8Array, payload: Uint8Array): Buffer {
  return createHash('sha256').update(head.subarray(0, 24)).update(kind).update(payload).digest();
}

function corrupt(name: string, what: string): SightlineError {
  return new SightlineError('SL_MODEL_CORRUPT', `model file ${name} ${what}`);
}
