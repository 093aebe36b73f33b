import { randomFillSync } from 'node:crypto';

/** Random bytes are drawn by the page: one draw costs about as much for 8 KB as for 16 bytes. */
const pool = Buffer.allocUnsafe(8192);
let next = pool.length;

function draw(bytes: number): number {
  if (next + bytes > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const start = next;
  next += bytes;
  return start;
}

/**
 * A new W3C trace id: 16 random bytes as 32 lower-case hex digits.
 *
 * @example newTraceId() // '4bf92f3577b34da6a3ce929d0e0e4736'
 */
export function newTraceId(): string {
  const start = draw(16);
  return pool.toString('hex', start, start + 16);
}

/**
 * A new W3C span id: 8 random bytes as 16 lower-case hex digits.
 *
 * @example newSpanId() // '00f067aa0ba902b7'
 */
export function newSpanId(): string {
  const start = draw(8);
  return pool.toString('hex', start, start + 8);
}

/** Writes a new span id as 8 bytes at `at`. */
export function writeSpanId(target: Uint8Array, at: number): void {
  const start = draw(8);
  for (let i = 0; i < 8; i++) target[at + i] = pool[start + i];
}
