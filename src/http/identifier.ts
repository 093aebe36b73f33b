import { z } from 'zod';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/;

const maxIdentifierBytes = 512;
const maxLabelBytes = 128;

/** Why a text cannot be an id of at most `maxBytes`, or undefined. */
function mistakeIn(text: string, maxBytes: number): string | undefined {
  if (text === '') return 'is empty, expected at least 1 character';
  if (text.length > maxBytes || (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes))
    return `is too long, expected at most ${maxBytes} bytes of UTF-8`;
  if (text === '.' || text === '..') return 'is a dot segment, which no URL can address';
  if (control.test(text)) return 'has control characters, expected none';
  if (!text.isWellFormed()) return 'has half a surrogate pair, expected well-formed Unicode';
  return undefined;
}

/**
 * A text that names something: 1 to `maxBytes` bytes of UTF-8, no control characters, well-formed.
 *
 * @example nameOf(4).safeParse('a\n').success // false
 */
function nameOf(maxBytes: number) {
  return z
    .string()
    .check(({ value, issues }) => {
      const message = mistakeIn(value, maxBytes);
      if (message !== undefined) issues.push({ code: 'custom', message, input: value });
    })
    .meta({ minLength: 1, maxLength: maxBytes, pattern: '^[^\\x00-\\x1f\\x7f-\\x9f]+$' });
}

/** An id of the caller's own: item, user, session, event, request. */
export const identifier = nameOf(maxIdentifierBytes);

/** A word that items or users are grouped by: catalogue, category, segment, attribute name. */
export const label = nameOf(maxLabelBytes);

/** Whether `identifier` accepts a value, without saying why not. */
export const isIdentifier = (value: unknown): value is string =>
  typeof value === 'string' && mistakeIn(value, maxIdentifierBytes) === undefined;

/** Whether `label` accepts a value, without saying why not. */
export const isLabel = (value: unknown): value is string =>
  typeof value === 'string' && mistakeIn(value, maxLabelBytes) === undefined;
