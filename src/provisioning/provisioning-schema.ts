import { z } from 'zod';

const url = z.url({ protocol: /^https?$/ }).max(500);

/** What `provisioning:` holds: what `sightline generate` has to know beside the works. */
export const provisioningSchema = z
  .strictObject({
    environment: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be lower-case letters, digits and dashes, 20 at most')
      .optional()
      .describe(
        'Label `environment` of all series, so that several environments stand side by side; left out, there is no such label',
      ),
    nodes: z
      .array(
        z
          .string()
          .max(255)
          .regex(/^(?:\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i, 'is no address, expected host:port'),
      )
      .min(1)
      .max(1000)
      .default(['127.0.0.1:8081'])
      .describe('Control ports that Prometheus scrapes'),
    scrapeSeconds: z.int().min(1).max(300).default(15).describe('Time between two scrapes'),
    sloDays: z
      .number()
      .min(0.01)
      .max(90)
      .default(30)
      .describe('Period of the error budgets; the windows of their alerts follow from it'),
    grafanaUrl: url.default('http://127.0.0.1:3000').describe('Where people reach Grafana'),
    runbookUrl: url
      .optional()
      .describe('Where people read `alerts/runbook.md`; left out, alerts name the file'),
    metrics: z
      .string()
      .optional()
      .describe('File with the series of your own plugins, in the form of `metrics.yaml`'),
  })
  .prefault({});
