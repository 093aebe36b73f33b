import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SightlineError } from '../../domain/errors.ts';

/** Whole lines of the input, none of them blank, each with its line end. */
export interface InputBlock {
  /** In a buffer of its own, so that it can be handed to another thread. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lines: number;
  /** Share of the input up to the end of the block, 0 to 1; 0 where nobody knows how long the input is. */
  readonly share: number;
}

/** How an input is read. */
export interface InputOptions {
  /** What is beyond this many bytes of a line is cut off, but for one byte that shows it. */
  readonly maxLineBytes: number;
  /** Lines that are passed over first; blank lines do not count. */
  readonly skip: number;
  /** Ends the blocks early. */
  readonly signal: AbortSignal;
}

const blockLines = 64;
const lineEnd = 10;

/**
 * Reads lines in blocks of 64 at most, only as fast as they are taken: of the input a few 64 KB are in memory at any
 * time. A block also ends where the input has no more for the moment. `-` is standard input. Throws `SL_DATA_INVALID`
 * when the input cannot be read to its end.
 */
export async function* readBlocks(
  path: string,
  options: InputOptions,
): AsyncGenerator<InputBlock, void> {
  try {
    const { bytes, shareAt } = await openInput(path, options.signal);
    yield* cutBlocks(bytes, { ...options, shareAt });
  } catch (cause) {
    if (options.signal.aborted) return;
    const message = `input ${path} cannot be read to its end`;
    throw new SightlineError('SL_DATA_INVALID', message, { cause });
  }
}

/** Throws `SL_DATA_INVALID` when there is no such input. */
export async function checkInput(path: string): Promise<void> {
  if (path === '-') return;
  await access(path, constants.R_OK).catch((cause) => {
    throw new SightlineError('SL_DATA_INVALID', `input ${path} cannot be opened`, { cause });
  });
}

type ShareAt = (offset: number) => number;

async function openInput(
  path: string,
  signal: AbortSignal,
): Promise<{ bytes: Readable; shareAt: ShareAt }> {
  if (path === '-') return { bytes: addAbortSignal(signal, process.stdin), shareAt: () => 0 };
  const { size } = await stat(path);
  const file = addAbortSignal(signal, createReadStream(path));
  if (!path.endsWith('.gz')) return { bytes: file, shareAt: (offset) => offset / size };
  const unpacked = createGunzip();
  file.on('error', (cause) => unpacked.destroy(cause));
  return { bytes: file.pipe(unpacked), shareAt: () => file.bytesRead / size };
}

async function* cutBlocks(
  source: AsyncIterable<Buffer>,
  { maxLineBytes, skip, shareAt }: InputOptions & { readonly shareAt: ShareAt },
): AsyncGenerator<InputBlock, void> {
  let rest = Buffer.alloc(0);
  let lines: Buffer[] = [];
  let skipped = 0;
  let offset = 0;
  const take = (line: Buffer) => {
    if (isBlank(line)) return;
    if (skipped < skip) skipped += 1;
    else lines.push(line.subarray(0, maxLineBytes + 1));
  };
  const block = (at: number): InputBlock => {
    const made = joinLines(lines, shareAt(at));
    lines = [];
    return made;
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, start)) {
      const tail = chunk.subarray(start, end);
      take(rest.length === 0 ? tail : Buffer.concat([rest, tail]));
      rest = rest.subarray(0, 0);
      start = end + 1;
      if (lines.length === blockLines) yield block(offset + start);
    }
    // Of a line that is too long already, only its end still matters.
    if (rest.length <= maxLineBytes) rest = Buffer.concat([rest, chunk.subarray(start)]);
    offset += chunk.length;
    if (lines.length > 0) yield block(offset);
  }
  take(rest);
  if (lines.length > 0) yield block(offset);
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

function joinLines(lines: readonly Buffer[], share: number): InputBlock {
  const bytes = new Uint8Array(lines.reduce((sum, { length }) => sum + length + 1, 0));
  let at = 0;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length;
    bytes[at++] = lineEnd;
  }
  return { bytes, lines: lines.length, share };
}
