import { randomUUID } from 'node:crypto';
import type { Client, EvaluationContext, Provider } from '@openfeature/server-sdk';
import { SightlineError } from '../domain/errors.ts';
import type { Emit } from '../telemetry/facts.ts';

/** What a provider said of a flag; `value` is the default where it could not say. */
export interface Evaluation {
  readonly value: string;
  /** As OpenFeature spells it, or `LATE`. */
  readonly reason?: string | undefined;
  readonly errorCode?: string | undefined;
}

/** What a provider is asked. */
export interface Question {
  readonly flag: string;
  /** The value where the provider cannot say. */
  readonly otherwise: string;
  readonly context: EvaluationContext;
  /** The most time that there is for it. */
  readonly withinMs?: number | undefined;
}

/** Text flags, evaluated through OpenFeature. */
export interface Flags {
  /** The name that the provider gives itself, or that of its module while it is not there. */
  readonly provider: string;
  /** `READY` where evaluations may be trusted; the others are those of OpenFeature. */
  status(): string;
  /** Never rejects. */
  evaluate(question: Question): Promise<Evaluation>;
  close(): Promise<void>;
}

/** What flags are opened with. */
export interface FlagsParts {
  readonly load: () => Promise<Provider>;
  /** Names the provider until it is there. */
  readonly name: string;
  readonly emit: Emit;
  /** How long opening waits for the provider; it may still come later. */
  readonly readyMs?: number;
  /** How long an evaluation may take; undefined for a provider that answers at once. */
  readonly timeoutMs?: number | undefined;
}

const notReady = 'PROVIDER_NOT_READY';
/** Evaluations that may be waited for at once; a provider that hangs must not gather more. */
const maxWaiting = 1000;

/**
 * Opens flags behind a provider in a domain of their own, so that other users of OpenFeature in the process are not
 * touched; hooks and context that they set for the whole API apply here as well. A provider that cannot be loaded or is
 * not ready in time is told as `server.failed`, and evaluations give the default and say `PROVIDER_NOT_READY`.
 */
export async function openFlags(parts: FlagsParts): Promise<Flags> {
  const { load, name, emit, readyMs = 5000, timeoutMs } = parts;
  const { OpenFeature, NOOP_PROVIDER } = await import('@openfeature/server-sdk');
  const domain = `sightline-${randomUUID()}`;
  let client: Client | undefined;
  let isClosed = false;
  const tell = (cause: unknown) => emit('server.failed', { code: 'SL_FLAGS_UNAVAILABLE', cause });
  const begin = async (): Promise<true> => {
    const provider = await load();
    if (isClosed) return true;
    // A client of a domain without provider would ask whatever provider the process has by default.
    const bound = OpenFeature.setProviderAndWait(domain, provider);
    client = OpenFeature.getClient(domain);
    await bound;
    return true;
  };
  const began = begin().catch((cause) => {
    tell(cause);
    return true;
  });
  if (!(await within(began, readyMs, false))) tell(lateProvider(name, readyMs));

  let waiting = 0;
  const ask = async (asked: Client, { flag, otherwise, context }: Question) => {
    waiting += 1;
    const found = await asked.getStringDetails(flag, otherwise, context);
    waiting -= 1;
    return found;
  };
  return {
    provider: client?.metadata.providerMetadata.name ?? name,
    status: () => client?.providerStatus ?? 'NOT_READY',
    async evaluate(question) {
      const { flag, otherwise, context, withinMs = Number.POSITIVE_INFINITY } = question;
      if (client === undefined) return { value: otherwise, reason: 'ERROR', errorCode: notReady };
      if (timeoutMs === undefined) return client.getStringDetails(flag, otherwise, context);
      const late: Evaluation = { value: otherwise, reason: 'LATE' };
      if (waiting >= maxWaiting) return late;
      return within<Evaluation>(ask(client, question), Math.min(timeoutMs, withinMs), late);
    },
    async close() {
      isClosed = true;
      // Closes the provider that was there.
      if (client !== undefined) await OpenFeature.setProviderAndWait(domain, NOOP_PROVIDER);
    },
  };
}

/** What a promise that never rejects resolves with, or `late` where that takes longer than `ms`. */
function within<T>(promise: Promise<T>, ms: number, late: T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, late);
    promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

function lateProvider(name: string, readyMs: number): SightlineError {
  const message = `flag provider ${name} is not ready after ${readyMs} ms, the start goes on without it`;
  return new SightlineError('SL_FLAGS_UNAVAILABLE', message);
}
