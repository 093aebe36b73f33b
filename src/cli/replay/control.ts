import { z } from 'zod';
import { type ErrorCode, errorCodes, SightlineError } from '../../domain/errors.ts';
import { anomaliesSchema } from '../../http/control/anomalies.ts';
import type { GatewayFault } from './fault-script.ts';

/** What the gateway found. */
export type Anomalies = z.output<typeof anomaliesSchema>;
export type FoundAnomaly = Anomalies['anomalies'][number];

/** The control port of a gateway, as a rehearsal uses it. All throw `SightlineError` where it refuses. */
export interface Control {
  /** Puts faults in place; their times count from now. */
  put(faults: readonly GatewayFault[]): Promise<void>;
  /** Ends all faults. */
  end(): Promise<void>;
  anomalies(): Promise<Anomalies>;
}

const problem = z.object({ code: z.string(), message: z.string() });

/** Speaks to a control port over HTTP. */
export function createControl(
  url: string,
  { token, timeoutMs = 10_000 }: { token: string | undefined; timeoutMs?: number },
): Control {
  const base = url.replace(/\/+$/, '');
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    let status: number;
    let answer: unknown;
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      status = response.status;
      answer = await response.json();
    } catch (cause) {
      const message = `no gateway answers at ${base}, expected its control port`;
      throw new SightlineError('SL_GATEWAY_UNREACHABLE', message, { cause });
    }
    if (status < 300) return answer;
    throw refusal(`${method} ${path} answered ${status}`, answer);
  };
  return {
    put: async (faults) =>
      void (await call('PUT', '/control/faults', { faults: faults.map(wireFault) })),
    end: async () => void (await call('DELETE', '/control/faults')),
    async anomalies() {
      const { data } = anomaliesSchema.safeParse(await call('GET', '/control/anomalies'));
      if (data !== undefined) return data;
      const message = `${base} answers what are no anomalies, expected a control port`;
      throw new SightlineError('SL_GATEWAY_UNREACHABLE', message);
    },
  };
}

/** The fields as the control port names them; what the script expects stays at home. */
function wireFault({ at, for: forSeconds, rampSeconds, expect, ...rest }: GatewayFault): object {
  const { delayMs, ...others } = { delayMs: undefined, ...rest };
  return {
    ...others,
    after_seconds: at,
    for_seconds: forSeconds,
    ramp_seconds: rampSeconds,
    delay_ms: delayMs,
  };
}

function refusal(what: string, answer: unknown): SightlineError {
  const { data } = problem.safeParse(answer);
  const code = data !== undefined && data.code in errorCodes ? data.code : 'SL_INTERNAL';
  return new SightlineError(code as ErrorCode, `${what}: ${data?.message ?? 'no reason given'}`);
}
