import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { SightlineError } from '../../domain/errors.ts';

/** The longest line that is read; longer ones are handed on cut off. */
const maxLineLength = 1_000_000;

/**
 * Reads the lines of a text file, unpacked when its name ends in `.gz`, and hands them on in blocks; waits for each
 * block to be taken. Line ends are \n or \r\n. Throws `SL_DATA_INVALID` when the file cannot be read to its end; what
 * `take` throws passes through.
 */
export async function readLines(
  path: string,
  take: (lines: readonly string[], done: number) => void | Promise<void>,
): Promise<void> {
  const size = await sizeOf(path);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let refused: { readonly cause: unknown } | undefined;
  const hand = async (lines: readonly string[], done: number): Promise<void> => {
    try {
      await take(lines, done);
    } catch (cause) {
      refused = { cause };
      throw cause;
    }
  };
  const split = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const bytes of source) {
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > maxLineLength) rest = rest.slice(0, maxLineLength);
      await hand(lines.map(withoutReturn), Math.min(1, file.bytesRead / Math.max(1, size)));
    }
    rest += decoder.end();
    if (rest !== '') await hand([withoutReturn(rest)], 1);
  };
  try {
    if (path.endsWith('.gz')) await pipeline(file, createGunzip({ chunkSize: 256 * 1024 }), split);
    else await pipeline(file, split);
  } catch (cause) {
    if (refused !== undefined) throw refused.cause;
    throw new SightlineError('SL_DATA_INVALID', `data file ${path} cannot be read to its end`, {
      cause,
    });
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const { size } = await stat(path);
    return size;
  } catch (cause) {
    throw new SightlineError('SL_DATA_INVALID', `data file ${path} cannot be opened`, { cause });
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
