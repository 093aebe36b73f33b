import { z } from 'zod';

/** What a key is good for: `read` asks, `write` tells, `admin` does both and everything else. */
export const scopes = ['read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

const maxKeys = 64;

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most');

// Capitals alone, so that a secret that is put here by mistake is refused, and not told as a name.
const variable = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]{0,99}$/, 'must be the name of an environment variable, in capitals');

const keySchema = z
  .strictObject({
    secret: variable.describe(
      'Environment variable that holds the key: 16 to 256 visible ASCII characters',
    ),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .describe('`read`: recommendations and rows; `write`: feedback and rows; `admin`: all'),
    tenant: name
      .optional()
      .describe('Whose rows its holder sees; either all keys without `admin` have one, or none'),
    perSecond: z
      .number()
      .min(0.001)
      .max(1_000_000)
      .optional()
      .describe('Requests a second in the long run; unlimited where it is left out'),
    burst: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Requests that may come at once, twice `perSecond` where it is left out'),
    perDay: z
      .int()
      .min(1)
      .max(1_000_000_000_000)
      .optional()
      .describe(
        'Requests a day of UTC, counted by each instance since its start; unlimited where it is left out',
      ),
  })
  .refine(({ burst, perSecond }) => burst === undefined || perSecond !== undefined, {
    path: ['burst'],
    message: 'needs perSecond beside it',
  })
  .refine(({ tenant, scopes: given }) => tenant === undefined || !given.includes('admin'), {
    path: ['tenant'],
    message: 'must be left out, as admin acts on the whole gateway',
  });

/** Who may call the query listener, by names of their own. */
const keysSchema = z
  .record(name, keySchema)
  .refine((keys) => Object.keys(keys).length <= maxKeys, `must be ${maxKeys} at most`)
  .superRefine((keys, context) => {
    const plain = Object.entries(keys).filter(([, key]) => !key.scopes.includes('admin'));
    if (!plain.some(([, { tenant }]) => tenant !== undefined)) return;
    for (const [key, { tenant }] of plain)
      if (tenant === undefined)
        context.addIssue({
          code: 'custom',
          path: [key, 'tenant'],
          message: 'is missing, as other keys have one: expected a tenant, or the scope admin',
        });
  })
  .default({});

/** Whether a text is an origin as browsers send it. */
const isOrigin = (text: string): boolean =>
  text === '*' ||
  (/^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text);

const corsSchema = z.strictObject({
  origins: z
    .array(z.string().max(300).refine(isOrigin, 'must be an origin such as https://shop.example'))
    .min(1)
    .max(100)
    .refine((origins) => origins.length === 1 || !origins.includes('*'), 'must have * alone')
    .describe('Whose pages may call; `*` is everybody, and needs keys'),
  maxAgeSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(600)
    .describe('How long browsers remember the answer to a preflight'),
});

/** What `access:` holds. */
export const accessSchema = z
  .strictObject({
    keys: keysSchema.describe('Without any, everybody who reaches the query listener may call it'),
    cors: corsSchema.optional().describe('Without it browsers let no page of elsewhere call'),
  })
  // Without keys it is the network that says who may call, and every page in a browser there would be let in.
  .refine(({ keys, cors }) => Object.keys(keys).length > 0 || !cors?.origins.includes('*'), {
    path: ['cors', 'origins'],
    message: 'must name origins, as no keys are configured',
  })
  .prefault({});

export type AccessOptions = z.output<typeof accessSchema>;
export type KeyOptions = AccessOptions['keys'][string];
export type CorsOptions = NonNullable<AccessOptions['cors']>;
