import { z } from 'zod';
import { isPrivateHost } from './public-address.ts';

const day = 86_400;
const seconds = (byDefault: number, least = 0) =>
  z
    .number()
    .min(least)
    .max(30 * day)
    .default(byDefault);
const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, 'must be the name of an environment variable');
const labelName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'must be the name of a label');

/** Headers that belong to the message itself. */
const ownHeaders =
  /^(content-(length|type|encoding)|transfer-encoding|connection|host|expect|webhook-.*)$/i;
const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header')
  .refine((name) => !ownHeaders.test(name), 'is set by the sender itself');

const urlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(2000)
  .refine((url) => !/^[^:]+:\/\/[^/?#]*@/.test(url), 'must not hold a password, use headersEnv');

/** One endpoint as it stands under `webhooks:` in the configuration; its key there is its name. */
export const webhookSchema = z
  .strictObject({
    url: urlSchema.describe('Where alerts are posted; for `alertmanager` the URL of the server'),
    kind: z
      .enum(['webhook', 'alertmanager'])
      .default('webhook')
      .describe(
        '`webhook`: the message that Alertmanager sends to receivers; `alertmanager`: its API v2, which groups itself',
      ),
    secretEnvs: z
      .array(variable)
      .max(4)
      .default([])
      .describe(
        'Environment variables with `whsec_` secrets; each of them signs, so that a secret can be replaced by another',
      ),
    headersEnv: z
      .record(headerName, variable)
      .default({})
      .describe('Headers whose values stand in environment variables, such as `authorization`'),
    timeoutSeconds: z.number().min(0.1).max(60).default(15).describe('Limit of one attempt'),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe('Whether the address may be loopback, private, link-local or otherwise not public'),
    groupBy: z
      .array(labelName)
      .max(16)
      .default(['alertname', 'strategy', 'segment'])
      .describe('Alerts with equal values of these labels share a message'),
    groupWaitSeconds: seconds(5).describe('How long a new group waits for more alerts'),
    groupIntervalSeconds: seconds(300).describe('Time between two messages of a group at least'),
    repeatIntervalSeconds: seconds(14_400, 1).describe(
      'How long until alerts that last are told again',
    ),
    maxAlerts: z
      .int()
      .min(0)
      .max(10_000)
      .default(0)
      .describe('Alerts a message names; 0 names all'),
    maxQueued: z
      .int()
      .min(1)
      .max(10_000)
      .default(1000)
      .describe('Messages that may wait; beyond it older ones are dropped and counted'),
    sendResolved: z.boolean().default(true).describe('Whether the end of an alert is told'),
  })
  .refine(
    ({ url, allowPrivate }) => allowPrivate || !URL.canParse(url) || !isPrivateHost(new URL(url)),
    {
      path: ['url'],
      message: 'must be a public address, or allowPrivate true',
    },
  );

/** What `webhooks:` holds: endpoints by name. */
export const webhooksSchema = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most'),
    webhookSchema,
  )
  .refine((endpoints) => Object.keys(endpoints).length <= 16, 'must be 16 at most')
  .default({});

export type WebhookOptions = z.output<typeof webhookSchema>;
