import { z } from 'zod';
import { learningSchema } from './dataset/learning-schema.ts';

/** How models are trained. */
export const trainingSchema = z
  .strictObject({
    data: learningSchema.describe('What of the feedback models learn from'),
  })
  .prefault({});
