import type { Emit } from '../../../telemetry/facts.ts';
import type { HttpContext } from '../../env.ts';
import { liftTimeLimit } from '../../time-limit.ts';

/** How a streamed answer is made. */
export interface StreamOptions {
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly emit: Emit;
}

/**
 * An answer that is made while it is sent, as fast as it is read. Where making it fails the connection is cut, so that a part
 * cannot be taken for the whole.
 */
export function streamAnswer(
  c: HttpContext,
  pieces: AsyncGenerator<Uint8Array>,
  { requestId, headers, emit }: StreamOptions,
): Response {
  const incoming = c.env?.incoming;
  if (incoming !== undefined) liftTimeLimit(incoming);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        emit('server.failed', { code: 'SL_INTERNAL', cause });
        const outgoing = c.env?.outgoing;
        // Whoever writes the answer would end it as if it were whole.
        if (outgoing !== undefined) outgoing.destroy();
        controller.error(cause);
      }
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
  return new Response(body, { headers: { 'x-request-id': requestId, ...headers } });
}
