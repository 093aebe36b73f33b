import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { isoTime } from '../instant.ts';

/** The answer of `GET /readyz` and of `POST /control/drain`. */
export const readinessSchema = z
  .strictObject({
    ready: z.boolean(),
    reasons: z.array(z.string()).meta({ description: 'Why it is not; empty when it is' }),
  })
  .meta({ id: 'Readiness', description: 'Whether this instance wants requests' });

/** The answer of `GET /control/models`. */
export const modelsSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      state: z.enum(['ready', 'unavailable']),
      version: z.string().nullable(),
      trained_at: z.iso.datetime().nullable(),
      reason: z.string().nullable().meta({ description: 'Why it is unavailable: an error code' }),
    }),
  ),
});

/** Every configured model and whether it can be used. */
export function listModels(gateway: Gateway): z.output<typeof modelsSchema> {
  return {
    models: gateway.models().map(({ name, kind, state, version, trainedAtMs, reason }) => ({
      name,
      kind,
      state,
      version: version ?? null,
      trained_at: trainedAtMs === undefined ? null : isoTime(trainedAtMs),
      reason: reason ?? null,
    })),
  };
}

/** Whether this instance wants requests. */
export function showReadiness(gateway: Gateway): z.output<typeof readinessSchema> {
  const { ready, reasons } = gateway.readiness();
  return { ready, reasons: [...reasons] };
}
