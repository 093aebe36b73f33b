import { z } from 'zod';
import type { Clock } from '../../../domain/clock.ts';
import { SightlineError } from '../../../domain/errors.ts';
import { type HttpContext, requestHeader } from '../../env.ts';
import { parse } from '../../errors.ts';
import { parseQuery } from '../../query-string.ts';
import type { App } from '../../routes.ts';
import { gorseJson } from '../answers.ts';
import { addGorseRoute, type GorseDoors, type GorseHandle } from '../gorse-route.ts';
import { createSinks } from './create-sinks.ts';
import { exportLines } from './export-lines.ts';
import { type Import, importLines, type Progress } from './import-lines.ts';
import { keepHeapLean } from './lean-heap.ts';
import type { RowSink, SinkParts } from './row-sink.ts';
import { streamAnswer } from './stream-answer.ts';
import { openUpload } from './upload.ts';

/** What the routes that move data are made with. */
export interface BulkParts extends SinkParts {
  readonly clock: Clock;
  readonly doors: GorseDoors;
}

const querySchema = z.object({
  from: z.int().min(1).max(Number.MAX_SAFE_INTEGER).default(1).meta({
    description:
      'The first line to take, counted from 1: what an import that broke off had not told as done',
  }),
});

const count = z.int().min(0);
const importSchema = z
  .strictObject({
    RowAffected: count,
    Lines: count,
    Rejected: count,
    Mistakes: z.array(z.strictObject({ Line: z.int().min(1), Message: z.string() })),
  })
  .meta({
    id: 'GorseImport',
    description: 'Rows taken, lines read and lines rejected, the first 100 with the reason',
  });

const file = z.object({ file: z.string().meta({ format: 'binary' }) });
const linesDocument = {
  'application/jsonl': { schema: z.string().meta({ description: 'One row as JSON a line' }) },
  'multipart/form-data': { schema: file },
};

const tables = ['users', 'items', 'feedback'] as const;

/** Adds `/api/bulk/{users,items,feedback}`: JSON lines in and out. */
export function addBulkRoutes(app: App, parts: BulkParts): void {
  for (const table of tables) {
    const paths = [`/api/bulk/${table}`];
    const name = table[0].toUpperCase() + table.slice(1);
    addGorseRoute(
      app,
      {
        ...{ method: 'get', paths, operationId: `gorseExport${name}`, scope: 'admin' },
        summary: `All ${table} as JSON lines`,
        success: { description: 'One row a line', schema: z.string(), type: 'application/jsonl' },
      },
      { doors: parts.doors, handle: exportRows(parts, table) },
    );
    addGorseRoute(
      app,
      {
        ...{ method: 'post', paths, operationId: `gorseImport${name}`, scope: 'admin' },
        summary: `Takes ${table} in as JSON lines: the body, or the file \`file\` of a form. With Accept: application/x-ndjson progress is told while it goes on`,
        query: querySchema,
        uploads: linesDocument,
        success: { description: 'What became of the lines', schema: importSchema },
        failures: {
          400: 'A body that cannot be read; what was taken before stays',
          413: 'A line of more than 1 MiB; what was taken before stays',
          415: 'Another encoding than gzip',
          503: 'The store does not take it; what was taken before stays',
          507: 'The disk is full; what was taken before stays',
        },
      },
      { doors: parts.doors, handle: importRows(parts, table) },
    );
  }
}

function exportRows({ gateway }: BulkParts, table: RowSink['table']): GorseHandle {
  return (c, { requestId, caller }) =>
    streamAnswer(c, exportLines(gateway.store, table, caller.namespace), {
      requestId,
      emit: gateway.telemetry.emit,
      headers: {
        'content-type': 'application/jsonl',
        'content-disposition': `attachment;filename=${table}.jsonl`,
      },
    });
}

function importRows(parts: BulkParts, table: RowSink['table']): GorseHandle {
  const { gateway, clock } = parts;
  const { emit } = gateway.telemetry;
  return async (c, visit) => {
    const { from } = parse(querySchema, parseQuery(c.req.raw.url, { from: 'number' }));
    const upload = await openUpload(c);
    const { namespace } = visit.caller;
    const sink = createSinks(parts, { namespace, slashes: false })[table] as RowSink;
    const under = importLines(upload.chunks, { sink, from });
    const startedAt = clock.monotonic();
    const endImport = gateway.training.importing();
    const end = (outcome: 'done' | 'broken_off') => {
      upload.close();
      endImport(under.done.RowAffected);
      const { RowAffected: rows, Rejected: rejected } = under.done;
      const seconds = (clock.monotonic() - startedAt) / 1000;
      if (table === 'feedback' && rejected > 0)
        emit('feedback.rejected', { reason: 'invalid', events: rejected });
      emit('rows.imported', { table, rows, rejected, seconds, outcome });
    };
    if (wantsProgress(c)) {
      const headers = { 'content-type': 'application/x-ndjson' };
      return streamAnswer(c, tellProgress(under, end), { ...visit, emit, headers });
    }
    const done = await finish(under, end);
    return gorseJson({ ...done, Mistakes: under.mistakes }, visit);
  };
}

const wantsProgress = (c: HttpContext) =>
  requestHeader(c, 'accept')?.includes('application/x-ndjson') === true;

type End = (outcome: 'done' | 'broken_off') => void;

/** Runs an import to its end. */
async function finish(under: Import, end: End): Promise<Progress> {
  let outcome: 'done' | 'broken_off' = 'broken_off';
  const releaseHeap = keepHeapLean();
  try {
    for await (const _ of under.progress);
    outcome = 'done';
    return under.done;
  } catch (error) {
    throw withPosition(error, under);
  } finally {
    releaseHeap();
    end(outcome);
  }
}

/** One line for each batch that is durable, and a last one that says how it ended. */
async function* tellProgress(under: Import, end: End): AsyncGenerator<Uint8Array> {
  let outcome: 'done' | 'broken_off' = 'broken_off';
  const releaseHeap = keepHeapLean();
  try {
    for await (const progress of under.progress) yield line(progress);
    outcome = 'done';
    yield line({ ...under.done, Mistakes: under.mistakes, Done: true });
  } catch (cause) {
    if (!(cause instanceof SightlineError)) throw cause;
    yield line({ ...under.done, Mistakes: under.mistakes, Error: cause.message });
  } finally {
    releaseHeap();
    end(outcome);
  }
}

const line = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`);

/** Says how far it came, so that the caller can go on from there. */
function withPosition(error: unknown, { done }: Import): unknown {
  if (!(error instanceof SightlineError)) return error;
  const { Lines, RowAffected } = done;
  const message = `${error.message}; ${RowAffected} rows up to line ${Lines} are kept`;
  return new SightlineError(error.code, message, { cause: error });
}
