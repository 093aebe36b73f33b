import { z } from 'zod';

/** Ids with their scores. */
export const scoreListSchema = z
  .array(z.strictObject({ Id: z.string(), Score: z.number() }))
  .meta({ id: 'GorseScores', description: 'Ids with their scores, best first' });

/** What `/api/recommend` answers: ids, or scores where the header `X-API-Version` is 2. */
export const recommendListSchema = z.union([z.array(z.string()), scoreListSchema]);
