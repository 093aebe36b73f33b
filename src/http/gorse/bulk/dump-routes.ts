import { z } from 'zod';
import { SightlineError } from '../../../domain/errors.ts';
import { type HttpContext, requestHeader } from '../../env.ts';
import type { App } from '../../routes.ts';
import { gorseJson } from '../answers.ts';
import { addGorseRoute, type GorseHandle } from '../gorse-route.ts';
import type { BulkParts } from './bulk-routes.ts';
import { createSinks } from './create-sinks.ts';
import { writeDump } from './dump-stream.ts';
import { keepHeapLean } from './lean-heap.ts';
import { type Restored, restoreDump } from './restore.ts';
import type { RowSink } from './row-sink.ts';
import { streamAnswer } from './stream-answer.ts';
import { openUpload } from './upload.ts';

const count = z.int().min(0);
const statsSchema = z
  .strictObject({
    ...{ Users: count, Items: count, Feedback: count, Rejected: count },
    Duration: count.meta({ description: 'Nanoseconds' }),
  })
  .meta({ id: 'GorseDumpStats', description: 'Rows that were put' });

/** Everything that somebody who purges has to confirm. */
const confirmations = ['delete_users', 'delete_items', 'delete_feedback', 'delete_cache'];
const maxFormBytes = 65_536;

const binary = z.string().meta({ format: 'binary' });
const dumpDocument = {
  'application/octet-stream': { schema: binary },
  'multipart/form-data': { schema: z.object({ file: binary }) },
};
const confirmationDocument = {
  'application/x-www-form-urlencoded': {
    schema: z.object({ check_list: z.string() }),
    example: { check_list: confirmations.join() },
  },
};

/** Adds `/api/dump`, `/api/restore` and `/api/purge`. */
export function addDumpRoutes(app: App, parts: BulkParts): void {
  const { doors } = parts;
  const dump = { type: 'application/octet-stream', schema: z.string() };
  addGorseRoute(
    app,
    {
      ...{ method: 'get', paths: ['/api/dump'], operationId: 'gorseDump', scope: 'admin' },
      summary: 'All users, items and feedback in the format of Gorse',
      success: { description: 'Messages, each after its length', ...dump },
    },
    { doors, handle: dumpRows(parts) },
  );
  addGorseRoute(
    app,
    {
      ...{ method: 'post', paths: ['/api/restore'], operationId: 'gorseRestore', scope: 'admin' },
      summary: 'Puts the rows of a dump',
      uploads: dumpDocument,
      success: { description: 'What was put', schema: statsSchema },
      failures: {
        400: 'No dump, or not whole; what was put before stays',
        415: 'Another encoding than gzip',
        503: 'The store does not take it; what was put before stays',
        507: 'The disk is full; what was put before stays',
      },
    },
    { doors, handle: restoreRows(parts) },
  );
  addGorseRoute(
    app,
    {
      ...{ method: 'post', paths: ['/api/purge'], operationId: 'gorsePurge', scope: 'admin' },
      summary: `Deletes everything; the form field check_list has to say ${confirmations.join()}`,
      uploads: confirmationDocument,
      success: { description: 'All is gone' },
      failures: {
        400: 'A form that cannot be read',
        401: 'No key, a wrong one, or not confirmed',
        413: 'A form that is too long',
        415: 'Another encoding than gzip',
        503: 'The store does not take it',
      },
    },
    { doors, handle: purgeRows(parts) },
  );
}

function dumpRows({ gateway }: BulkParts): GorseHandle {
  const headers = { 'content-type': 'application/octet-stream' };
  return (c, { requestId, caller }) =>
    streamAnswer(c, writeDump(gateway.store, caller.namespace), {
      ...{ requestId, headers, emit: gateway.telemetry.emit },
    });
}

function restoreRows(parts: BulkParts): GorseHandle {
  const { gateway, clock } = parts;
  const { emit } = gateway.telemetry;
  return async (c, visit) => {
    const { namespace } = visit.caller;
    const upload = await openUpload(c);
    const sinks = createSinks(parts, { namespace, slashes: true });
    const restored: Restored = { users: 0, items: 0, feedback: 0, rejected: 0 };
    const startedAt = clock.monotonic();
    const releaseHeap = keepHeapLean();
    const endImport = gateway.training.importing();
    const seconds = () => (clock.monotonic() - startedAt) / 1000;
    let outcome: 'done' | 'broken_off' = 'broken_off';
    try {
      await restoreDump(upload.chunks, sinks as Record<RowSink['table'], RowSink>, restored);
      outcome = 'done';
    } finally {
      releaseHeap();
      upload.close();
      endImport(restored.users + restored.items + restored.feedback);
      for (const table of ['users', 'items', 'feedback'] as const) {
        const rejected = table === 'feedback' ? restored.rejected : 0;
        emit('rows.imported', {
          table,
          rows: restored[table],
          rejected,
          seconds: seconds(),
          outcome,
        });
      }
    }
    const { users, items, feedback, rejected } = restored;
    const stats = { Users: users, Items: items, Feedback: feedback, Rejected: rejected };
    return gorseJson({ ...stats, Duration: Math.round(seconds() * 1e9) }, visit);
  };
}

function purgeRows({ gateway }: BulkParts): GorseHandle {
  return async (c, { requestId, caller }) => {
    const given = new Set((await readCheckList(c)).split(','));
    if (given.size !== confirmations.length || !confirmations.every((one) => given.has(one)))
      throw new SightlineError('SL_UNAUTHORISED', 'please confirm by checking all');
    await gateway.purge(caller.namespace.prefix);
    return new Response('', { headers: { 'x-request-id': requestId } });
  };
}

/** The field `check_list`, of the query or of a form. */
async function readCheckList(c: HttpContext): Promise<string> {
  const ofQuery = new URL(c.req.raw.url).searchParams.get('check_list');
  if (ofQuery !== null) return ofQuery;
  const type = requestHeader(c, 'content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return '';
  const text = await readForm(c);
  return new URLSearchParams(text).get('check_list') ?? '';
}

async function readForm(c: HttpContext): Promise<string> {
  const upload = await openUpload(c);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of upload.chunks) {
      bytes += chunk.length;
      if (bytes > maxFormBytes) {
        const message = `form is too long, expected at most ${maxFormBytes} bytes`;
        throw new SightlineError('SL_REQUEST_TOO_LARGE', message);
      }
      parts.push(chunk);
    }
  } finally {
    upload.close();
  }
  return Buffer.concat(parts).toString();
}
