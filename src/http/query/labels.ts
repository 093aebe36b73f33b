import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import type { Labels } from '../../domain/labels.ts';
import { readLabels } from '../gorse/labels-input.ts';

/** Nested labels, in the bounds that the Gorse API has for them. */
const labels = z
  .any()
  .check(({ value, issues }) => {
    const message = mistakeIn(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  })
  .meta({
    description:
      'Null, text, a number, a list of texts or of numbers (a vector), or names with any of these, 32 levels at most',
  });

const comment = z.string().nullable().meta({ description: 'Free text for people' });

/** The fields of a row that may be there, of what is put in and of what changes; null is none. */
export const noteInputs = { labels: labels.optional(), comment: comment.optional() };

/** The fields of a row that are shown where it has them. */
export const noteFields = {
  labels: labels.optional(),
  comment: comment.unwrap().optional(),
};

/** What a row says beside its attributes. */
export interface Notes {
  readonly labels: Labels | undefined;
  readonly comment: string | undefined;
}

/** The notes of a row that is put in or changed: what is left out stays as it was before, null is none. */
export function readNotes(
  given: { readonly labels?: unknown; readonly comment?: string | null | undefined },
  before: Partial<Notes> = {},
): Notes {
  return {
    labels: given.labels === undefined ? before.labels : ((given.labels ?? undefined) as Labels),
    comment: given.comment === undefined ? before.comment : (given.comment ?? undefined),
  };
}

/** The notes of a row as they are shown: none where they are empty. */
export const showNotes = ({ labels, comment }: Partial<Notes>): Notes => ({
  labels: labels ?? undefined,
  comment: comment || undefined,
});

function mistakeIn(value: unknown): string | undefined {
  try {
    readLabels(value);
    return undefined;
  } catch (error) {
    if (error instanceof SightlineError) return `are wrong: ${error.message}`;
    throw error;
  }
}
