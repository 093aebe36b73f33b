import type { IncomingMessage } from 'node:http';
import { SightlineError } from '../domain/errors.ts';
import { type HttpContext, requestHeader } from './env.ts';
import { describeJsonError } from './json-error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const jsonType = /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/**
 * Reads a request body as JSON. Throws `SL_MEDIA_TYPE`, `SL_REQUEST_TOO_LARGE` as soon as more than
 * `limitBytes` have come, whatever the content-length said, and `SL_REQUEST_MALFORMED` for broken
 * UTF-8, broken JSON and bodies that break off.
 */
export async function readJson(c: HttpContext, limitBytes: number): Promise<unknown> {
  checkMediaType(c);
  const declared = requestHeader(c, 'content-length');
  if (declared !== undefined && Number(declared) > limitBytes) throw tooLarge(limitBytes);
  const incoming = c.env?.incoming;
  const bytes =
    incoming === undefined
      ? await readStream(c.req.raw.body, limitBytes)
      : await readIncoming(incoming, limitBytes);
  return parseJson(bytes);
}

/** Parses bytes as JSON in UTF-8; throws `SL_REQUEST_MALFORMED` with the position of the mistake. */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw malformed('body is not UTF-8', cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(`body is not JSON: ${describeJsonError(text, cause as Error)}`, cause);
  }
}

function checkMediaType(c: HttpContext): void {
  const type = requestHeader(c, 'content-type');
  if (type !== 'application/json' && (type === undefined || !jsonType.test(type))) {
    throw new SightlineError(
      'SL_MEDIA_TYPE',
      `content-type is ${type === undefined ? 'missing' : 'another'}, expected application/json in UTF-8`,
      { path: 'content-type' },
    );
  }
  const encoding = requestHeader(c, 'content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    throw new SightlineError('SL_MEDIA_TYPE', 'body is compressed, expected a plain one', {
      path: 'content-encoding',
    });
  }
}

function readIncoming(incoming: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      // Stops reading here; once the answer is out the listener throws the rest of the body away.
      incoming.off('data', take);
      incoming.pause();
      reject(tooLarge(limitBytes));
    };
    incoming.on('data', take);
    incoming.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    incoming.on('error', (cause) => reject(malformed('body broke off', cause)));
  });
}

async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  limitBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limitBytes: number): SightlineError {
  return new SightlineError(
    'SL_REQUEST_TOO_LARGE',
    `body is too large, expected at most ${limitBytes} bytes`,
  );
}

function malformed(message: string, cause: unknown): SightlineError {
  return new SightlineError('SL_REQUEST_MALFORMED', message, { cause });
}
