import { z } from 'zod';

/** A package, or a path from the folder that the gateway was started in. */
const moduleName = z
  .string()
  .max(500)
  .regex(/^(?:\.{0,2}\/|@?[A-Za-z0-9])[\w@./-]*$/, 'must be the name of a package or a path');

/** What `flags:` holds: who says which variant of an experiment a request gets. */
export const flagsSchema = z
  .discriminatedUnion('provider', [
    z.strictObject({
      provider: z
        .literal('builtin')
        .describe('By the allow lists and the shares of `experiments`, calibrated at run time'),
    }),
    z.strictObject({
      provider: z
        .literal('module')
        .describe(
          'By an OpenFeature provider: a text flag with the name of the experiment, its value the name of an arm',
        ),
      module: moduleName.describe('Package or path of the provider'),
      export: z
        .string()
        .regex(/^[A-Za-z_$][\w$]{0,99}$/, 'must be the name of an export')
        .default('default')
        .describe('The export: a class, a function that makes the provider, or the provider'),
      options: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('What class or function is given; for secrets, write a module that reads them'),
      readyMs: z
        .int()
        .min(1)
        .max(60_000)
        .default(5000)
        .describe('How long a start waits for it; until it is ready everybody is control'),
      timeoutMs: z
        .int()
        .min(1)
        .max(1000)
        .default(20)
        .describe('How long a request waits for it before it is control'),
    }),
  ])
  .prefault({ provider: 'builtin' });

export type FlagsOptions = z.output<typeof flagsSchema>;
export type ModuleOptions = Extract<FlagsOptions, { provider: 'module' }>;
