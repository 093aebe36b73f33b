import { SightlineError } from '../../../domain/errors.ts';

/** The most bytes of a line, or of a message of a dump. */
export const maxRowBytes = 1 << 20;

/**
 * Splits bytes into lines of UTF-8, as many at once as a piece of them has whole. Empty lines are kept, so that they can be
 * counted; a last line needs no end. Throws `SL_REQUEST_TOO_LARGE` as soon as a line is longer than 1 MiB.
 *
 * @example for await (const lines of readLines(stream)) // ['{"UserId":"1"}', '{"UserId":"2"}'] and so on
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[]> {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let line = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(10);
    const first = chunk.indexOf(10);
    if (restBytes + (first < 0 ? chunk.length : first) > maxRowBytes) throw tooLong(line + 1);
    if (end < 0) {
      rest.push(chunk);
      restBytes += chunk.length;
      continue;
    }
    const lines = [textOf([...rest, chunk.subarray(0, first)])];
    // The pieces of a socket are not copied once more: that many short-lived buffers are never given back.
    if (end > first) lines.push(...textOf([chunk.subarray(first + 1, end)]).split('\n'));
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    restBytes = chunk.length - end - 1;
    if (restBytes > maxRowBytes) throw tooLong(line + lines.length + 1);
    line += lines.length;
    yield lines;
  }
  if (restBytes > 0) yield [textOf(rest)];
}

function textOf(parts: readonly Uint8Array[]): string {
  const [{ buffer, byteOffset, byteLength }] = parts;
  const whole =
    parts.length === 1 ? Buffer.from(buffer, byteOffset, byteLength) : Buffer.concat(parts);
  return whole.toString('utf8');
}

function tooLong(line: number): SightlineError {
  const message = `line ${line} is too long, expected at most ${maxRowBytes} bytes`;
  return new SightlineError('SL_REQUEST_TOO_LARGE', message);
}
