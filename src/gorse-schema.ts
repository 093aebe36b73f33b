import { z } from 'zod';
import { nameSchema } from './pipeline/work-schema.ts';

/** The name of a list in the paths of the Gorse API, as Gorse's configurations write them. */
const listName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be letters, digits, _ . and -, 64 at most');
const most = (what: string) =>
  z.int().min(0).max(1_000_000_000).default(0).describe(`${what}, 0 for no limit`);

/** Who answers which route of the API that is compatible with Gorse. */
export const gorseSchema = z.strictObject({
  recommend: nameSchema
    .optional()
    .describe(
      'Work behind `/api/recommend/{user-id}`; the first one with surface `user` unless given',
    ),
  collaborative: nameSchema
    .optional()
    .describe('Work behind `/api/collaborative-filtering/{user-id}`; 404 unless given'),
  session: nameSchema
    .optional()
    .describe(
      'Work behind `/api/session/recommend`; the first one with surface `session` unless given',
    ),
  latest: nameSchema
    .optional()
    .describe('Work behind `/api/latest`; one over a model of kind `latest` is made unless given'),
  nonPersonalized: z
    .record(listName, nameSchema)
    .optional()
    .describe(
      'Works behind `/api/non-personalized/{name}`; `popular` over a model of kind `popular` unless given',
    ),
  itemToItem: z
    .record(listName, nameSchema)
    .optional()
    .describe(
      'Works behind `/api/item-to-item/{name}/{item-id}`, the first also behind `/api/item/{item-id}/neighbors`; every work with surface `item` unless given',
    ),
  userToUser: z
    .record(listName, nameSchema)
    .optional()
    .describe(
      'Models behind `/api/user-to-user/{name}/{user-id}`, the first also behind `/api/user/{user-id}/neighbors`; every model of kind `user-knn` unless given',
    ),
  defaultCount: z.int().min(1).max(100).default(10).describe('Items served when nobody says'),
  clockErrorSeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(5)
    .describe('Feedback so much later than now already counts'),
  autoInsertUsers: z
    .boolean()
    .default(true)
    .describe('Whether feedback of an unknown user makes the user; else it is dropped'),
  autoInsertItems: z
    .boolean()
    .default(true)
    .describe('Whether feedback on an unknown item makes the item; else it is dropped'),
  admin: z
    .boolean()
    .default(false)
    .describe(
      'Whether `/api/dashboard`, `/api/bulk`, `/api/purge`, `/api/dump` and `/api/restore` are served; they need a key with the scope `admin`',
    ),
  maxBatch: z.int().min(1).max(1_000_000).default(10_000).describe('Rows one call may bring'),
  cache: z
    .strictObject({
      maxMb: z
        .number()
        .min(0)
        .max(65_536)
        .default(64)
        .describe('Megabytes of kept lists; the idlest leave, 0 keeps none'),
      seconds: z
        .number()
        .min(0)
        .max(31_536_000)
        .default(3600)
        .describe('How long a list is kept at most; new feedback and new models end it at once'),
      items: z.int().min(1).max(100).default(100).describe('Items of a kept list'),
      freshSeconds: z
        .number()
        .min(0)
        .max(31_536_000)
        .default(60)
        .describe(
          'New and changed items end all kept lists, at most once in so many seconds; hidden, deleted and expired ones leave them at once',
        ),
    })
    .prefault({})
    .describe('Kept lists of `/api/recommend`, which are filtered anew for every answer'),
  quota: z
    .strictObject({
      users: most('Users'),
      items: most('Items'),
      labelsBytes: most('Bytes of the labels of one row as JSON'),
      commentBytes: most('Bytes of a comment'),
      categories: most('Categories of an item'),
      categoriesBytes: most('Bytes of one category'),
    })
    .prefault({})
    .describe('What clients may keep; more is answered with 429'),
});

/** The section `gorse`, with every default filled in. */
export type GorseOptions = z.output<typeof gorseSchema>;
