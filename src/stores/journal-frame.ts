import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Bytes in front of the payload: magic, length, position (float64), CRC-32 of all that and the payload. */
export const frameHeaderBytes = 20;

// The last byte cannot stand in JSON text, so no payload can look like a frame.
const magic = 0x014a4c53;

/**
 * The journal is one file used as a ring. A position counts bytes since the journal began and never goes
 * back; its place in the file is the rest after division by the file's size. A frame is never split: one
 * that does not fit before the end of the lap begins the next lap. Because a frame carries its position,
 * what an earlier lap left behind is never taken for the present.
 */
export function frameHeader(payload: Uint8Array, position: number): Buffer {
  const header = Buffer.allocUnsafe(frameHeaderBytes);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(payload.length, 4);
  header.writeDoubleLE(position, 8);
  header.writeUInt32LE(checksum(header, payload), 16);
  return header;
}

/** Where a frame of `size` bytes goes when everything before `position` is taken. */
export function placeFrame(position: number, size: number, capacity: number): number {
  return (position % capacity) + size <= capacity ? position : lapAfter(position, capacity);
}

/** The beginning of the lap after the one that `position` is in. */
export function lapAfter(position: number, capacity: number): number {
  return (Math.floor(position / capacity) + 1) * capacity;
}

/** A frame that was found: its payload, and the position behind it. */
export interface Frame {
  readonly payload: Buffer;
  readonly end: number;
}

/** The next frame at or after `position`: there, or at the beginning of the next lap. */
export function nextFrame(file: number, position: number, capacity: number): Frame | undefined {
  return (
    readFrame(file, position, capacity) ?? readFrame(file, lapAfter(position, capacity), capacity)
  );
}

/** The frame at `position`, or undefined when none was written there or it is not whole. */
function readFrame(file: number, position: number, capacity: number): Frame | undefined {
  const place = position % capacity;
  const header = Buffer.allocUnsafe(frameHeaderBytes);
  if (place + frameHeaderBytes > capacity) return undefined;
  if (readSync(file, header, 0, frameHeaderBytes, place) < frameHeaderBytes) return undefined;
  if (header.readUInt32LE(0) !== magic || header.readDoubleLE(8) !== position) return undefined;
  const length = header.readUInt32LE(4);
  if (place + frameHeaderBytes + length > capacity) return undefined;
  const payload = Buffer.allocUnsafe(length);
  if (readSync(file, payload, 0, length, place + frameHeaderBytes) < length) return undefined;
  if (header.readUInt32LE(16) !== checksum(header, payload)) return undefined;
  return { payload, end: position + frameHeaderBytes + length };
}

function checksum(header: Buffer, payload: Uint8Array): number {
  return crc32(payload, crc32(header.subarray(0, 16)));
}
