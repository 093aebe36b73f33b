import { SightlineError } from '../../domain/errors.ts';
import { asClientError, parse, problemBody } from '../../http/errors.ts';
import { parseJson } from '../../http/json-body.ts';
import { recommendBodySchema, toRecommendRequest } from '../../http/query/recommend-schema.ts';
import { renderAnswer } from '../../http/query/render.ts';
import { adoptContext } from '../../telemetry/context.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Recommender } from './open-recommender.ts';

/** What became of one line: an answer, or the code of an error. */
export type LineOutcome =
  | {
      readonly ms: number;
      readonly outcome: string;
      readonly strategy: string;
      /** A degradation's code, or `none`. */
      readonly fallbackReason: string;
    }
  | { readonly code: string };

/** A block of the output: one line for each line of the input, in order. */
export interface AnsweredBlock {
  readonly text: string;
  readonly outcomes: readonly LineOutcome[];
}

/** What lines are answered with. */
export interface AnswerOptions {
  readonly recommender: Recommender;
  readonly telemetry: Telemetry;
  readonly work: string;
  /** Bytes a line may have. */
  readonly maxLineBytes: number;
  /** Milliseconds that a line has which says nothing about it. */
  readonly timeoutMs: number;
}

type Id = string | number;

const lineEnd = 10;

/**
 * Makes the answerer of blocks. A line is the body of `POST /v1/recommend/{work}`, and may have an `id`, a text or a
 * number, that its answer begins with. A line that cannot be used becomes `{ id, error: { code, message } }`.
 */
export function createAnswerer(
  options: AnswerOptions,
): (block: Uint8Array) => Promise<AnsweredBlock> {
  return async (block) => {
    const outcomes: LineOutcome[] = [];
    let text = '';
    for (let start = 0; start < block.length; ) {
      const end = block.indexOf(lineEnd, start);
      const answered = await answerLine(block.subarray(start, end), options);
      text += `${answered.text}\n`;
      outcomes.push(answered.outcome);
      start = end + 1;
    }
    return { text, outcomes };
  };
}

async function answerLine(
  line: Uint8Array,
  options: AnswerOptions,
): Promise<{ text: string; outcome: LineOutcome }> {
  const { telemetry } = options;
  const record = telemetry.begin(undefined);
  record.method = '_OTHER';
  record.route = 'run-work';
  adoptContext(record, {}, telemetry.emit);
  const asked: { id?: Id } = {};
  try {
    const text = await recommend(line, { ...options, asked, record });
    return { text, outcome: outcomeOf(record) };
  } catch (cause) {
    const error = asClientError(cause);
    const { code } = error;
    record.errorType = code;
    record.status = error.status;
    if (error.status >= 500) {
      record.outcome = 'error';
      telemetry.emit('server.failed', { code, cause });
    }
    const { message } = problemBody(error, '');
    const text = JSON.stringify({ id: asked.id ?? null, error: { code, message } });
    return { text, outcome: { code } };
  } finally {
    telemetry.finish(record);
  }
}

async function recommend(
  line: Uint8Array,
  {
    recommender,
    work,
    maxLineBytes,
    timeoutMs,
    asked,
    record,
  }: AnswerOptions & { readonly asked: { id?: Id }; readonly record: RequestRecord },
): Promise<string> {
  if (line.length > maxLineBytes) {
    const message = `line is too large, expected at most ${maxLineBytes} bytes`;
    throw new SightlineError('SL_REQUEST_TOO_LARGE', message);
  }
  const { id, body } = splitId(parseJson(line));
  if (id !== undefined) asked.id = id;
  const request = toRecommendRequest(parse(recommendBodySchema, body), { timeoutMs });
  const { table } = recommender;
  const text = await recommender.recommend(work, { request, record }, (answer) =>
    renderAnswer(answer, { work, table, withExplain: request.explain }),
  );
  return id === undefined ? text : `{"id":${JSON.stringify(id)},${text.slice(1)}`;
}

const maxIdLength = 512;

/** Takes the id off a line; what is left is judged as a body. */
function splitId(input: unknown): { id?: Id; body: unknown } {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return { body: input };
  const { id, ...body } = input as Record<string, unknown>;
  if (id === undefined) return { body };
  if (typeof id === 'number' || (typeof id === 'string' && id.length <= maxIdLength))
    return { id, body };
  const message = `id is wrong, expected a number, or a text of at most ${maxIdLength} characters`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'id' });
}

function outcomeOf(record: RequestRecord): LineOutcome {
  const { startedAt, outcome, strategy, fallbackReason } = record;
  record.endedAt = performance.now();
  return {
    ms: record.endedAt - startedAt,
    outcome,
    strategy,
    fallbackReason: fallbackReason ?? 'none',
  };
}
