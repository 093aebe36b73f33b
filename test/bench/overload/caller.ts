import { connect } from 'node:net';

/** What a caller makes of an answer. */
export interface Heard {
  readonly status: number;
  /** The header `x-sightline-fallback-reason`, or empty. */
  readonly reason: string;
  readonly tookMs: number;
}

/** Where a caller asks, and whom it tells. */
export interface CallerOptions {
  readonly port: number;
  /** The bytes of the next request; undefined ends the caller. */
  readonly next: () => Buffer | undefined;
  readonly hear: (heard: Heard) => void;
}

const reasonHeader = /\r\nx-sightline-fallback-reason: ([\w.]+)/i;
const lengthHeader = /\r\ncontent-length: (\d+)/i;

/**
 * Opens a connection that asks again as soon as it is answered, and reads no more of an answer than its head and length:
 * a caller that cost as much as the server would hide how many it can shed. Resolves when `next` ends it.
 */
export function openCaller({ port, next, hear }: CallerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let head = '';
    let left = 0;
    let heard: Omit<Heard, 'tookMs'> = { status: 0, reason: '' };
    const send = () => {
      const bytes = next();
      if (bytes === undefined) {
        socket.destroy();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(bytes);
    };
    const read = (bytes: number, buffer: Buffer) => {
      if (left > 0) left -= bytes;
      else {
        const before = head.length;
        head += buffer.toString('latin1', 0, bytes);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return true;
        const reason = reasonHeader.exec(head)?.[1] ?? '';
        heard = { status: Number(head.slice(9, 12)), reason };
        left = Number(lengthHeader.exec(head)?.[1]) - (bytes - (end + 4 - before));
        head = '';
      }
      if (left === 0) {
        hear({ ...heard, tookMs: performance.now() - sentAt });
        send();
      }
      return true;
    };
    const onread = {
      buffer: Buffer.allocUnsafe(65_536),
      callback: (bytes: number, buffer: Uint8Array) => read(bytes, buffer as Buffer),
    };
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread }, send);
    socket.once('error', reject);
  });
}
