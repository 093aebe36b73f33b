import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import { shorten } from '../errors.ts';

/** The most rows of a page, however many are asked for. */
const maxRows = 10_000;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The parameters of a list, as the document tells them. */
export const rowPageSchema = z.object({
  n: z
    .int()
    .optional()
    .meta({
      description: `Rows of the page, ${maxRows} at most; \`gorse.defaultCount\` unless given`,
    }),
  cursor: z.string().optional().meta({
    description: 'The `Cursor` of the page before; the name may begin with a capital letter',
  }),
});

/** Which page of a list is asked for. */
export interface RowPage {
  /** 0 to 10,000. */
  readonly count: number;
  /** The key that the page begins with; empty for the first. */
  readonly from: string;
  /** The words that are looked for; empty for none. */
  readonly query: string;
}

/**
 * Reads which page a URL asks for; unknown parameters say nothing. Throws `SL_REQUEST_INVALID` for counts that are no
 * whole numbers and for cursors that are none.
 *
 * @example readRowPage('/api/users?n=2&Cursor=Yg==', 10) // { count: 2, from: 'b', query: '' }
 */
export function readRowPage(url: string, defaultCount: number): RowPage {
  const asked = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
  const count = readCount(asked.get('n') ?? '', defaultCount);
  const cursor = asked.get('cursor') || asked.get('Cursor') || '';
  return { count, from: readCursor(cursor), query: asked.get('q') ?? '' };
}

/** The cursor of the page that begins with a key; empty for none. */
export const showCursor = (key = '') => Buffer.from(key).toString('base64');

function readCount(text: string, fallback: number): number {
  if (text === '') return fallback;
  if (/^[+-]?\d{1,18}$/.test(text)) return Math.min(maxRows, Math.max(0, Number(text)));
  const message = `strconv.Atoi: parsing ${JSON.stringify(shorten(text, 50))}: invalid syntax`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'n' });
}

function readCursor(cursor: string): string {
  // A query string that was not encoded loses the plus signs of base64.
  const text = cursor.replaceAll(' ', '+');
  try {
    if (base64.test(text)) return utf8.decode(Buffer.from(text, 'base64'));
  } catch {}
  const message = 'cursor is no cursor, expected the Cursor of the page before';
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'cursor' });
}
