import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';

/** The answer of `GET /readyz` and of `POST /control/drain`. */
export const readinessSchema = z
  .strictObject({
    ready: z.boolean(),
    reasons: z.array(z.string()).meta({ description: 'Why it is not; empty when it is' }),
  })
  .meta({ id: 'Readiness', description: 'Whether this instance wants requests' });

/** Whether this instance wants requests. */
export function showReadiness(gateway: Gateway): z.output<typeof readinessSchema> {
  const { ready, reasons } = gateway.readiness();
  return { ready, reasons: [...reasons] };
}
