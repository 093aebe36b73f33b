import { Readable, type Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { Busboy } from '@fastify/busboy';
import { SightlineError } from '../../../domain/errors.ts';
import { type HttpContext, requestHeader } from '../../env.ts';
import { liftTimeLimit } from '../../time-limit.ts';

/** A body that is read piece by piece. */
export interface Upload {
  /** Throws `SightlineError` where it breaks off or cannot be decoded. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Stops reading; what is left is thrown away. */
  close(): void;
}

const multipart = /^multipart\/form-data\b/i;

/**
 * Opens the body of a request as a stream without limits of size and time: of a form the file named `file`, of any other
 * the whole, decompressed where it is gzip. Throws `SL_MEDIA_TYPE` for other encodings and `SL_REQUEST_MALFORMED` for forms
 * without a file.
 */
export async function openUpload(c: HttpContext): Promise<Upload> {
  const encoding = requestHeader(c, 'content-encoding') ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    const message = 'content-encoding is another, expected gzip or none';
    throw new SightlineError('SL_MEDIA_TYPE', message, { path: 'content-encoding' });
  }
  const source = sourceOf(c);
  const steps: Readable[] = [source];
  if (encoding === 'gzip') steps.push(passOn(source, createGunzip()));
  const type = requestHeader(c, 'content-type') ?? '';
  const close = () => {
    source.unpipe();
    for (const step of steps.slice(1)) step.destroy();
  };
  try {
    const last = steps[steps.length - 1];
    if (multipart.test(type)) steps.push(await fileOf(last, type));
    return { chunks: read(steps[steps.length - 1], source), close };
  } catch (error) {
    close();
    throw error;
  }
}

function sourceOf(c: HttpContext): Readable {
  const incoming = c.env?.incoming;
  if (incoming === undefined) {
    const { body } = c.req.raw;
    return body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream);
  }
  liftTimeLimit(incoming);
  return incoming;
}

/** Pipes, and hands failures on. */
function passOn(source: Readable, step: Transform): Transform {
  source.once('error', (error) => step.destroy(error));
  return source.pipe(step);
}

/** The file of a form, as soon as it begins. */
function fileOf(source: Readable, type: string): Promise<Readable> {
  return new Promise((resolve, reject) => {
    let form: InstanceType<typeof Busboy>;
    try {
      const limits = { fields: 100, fieldSize: 65_536, parts: 200, headerPairs: 100 };
      form = new Busboy({ headers: { 'content-type': type }, limits });
    } catch (cause) {
      reject(malformed('body is no form', cause));
      return;
    }
    let file: Readable | undefined;
    const fail = (error: Error) => {
      if (file === undefined) reject(error);
      else file.destroy(error);
    };
    form.on('file', (name, stream) => {
      // A form that breaks off says so here too.
      stream.on('error', () => {});
      if (name !== 'file' || file !== undefined) {
        stream.resume();
        return;
      }
      file = stream;
      resolve(stream);
    });
    form.on('error', (cause) => fail(malformed('body is no whole form', cause)));
    form.on('finish', () => fail(malformed('form has no file, expected one named file')));
    source.once('error', fail);
    source.pipe(form);
  });
}

/** The pieces of a stream, which stays open where reading ends early, so that the request can be answered. */
async function* read(stream: Readable, source: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream.iterator({ destroyOnReturn: false });
  } catch (cause) {
    throw asUploadError(cause, source);
  }
}

function asUploadError(cause: unknown, source: Readable): unknown {
  if (cause instanceof SightlineError) return cause;
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (code.startsWith('Z_')) return malformed('body is no gzip, or not whole', cause);
  if (source.errored === null) return malformed('body is no whole form', cause);
  return new SightlineError('SL_CLIENT_GONE', 'body broke off', { cause });
}

const malformed = (message: string, cause?: unknown) =>
  new SightlineError('SL_REQUEST_MALFORMED', message, { cause });
