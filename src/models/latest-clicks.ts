import type { ItemCodes } from './item-codes.ts';
import type { ModelQuery } from './model.ts';

/**
 * Writes the codes of the clicks to go on from, newest first, into `clicks`, and returns how many: the anchor, then
 * the session before it. Items without a code are left out. No allocation.
 *
 * @example latestClicks({ anchor: 4, recent: Int32Array.of(9, 4) }, codes, clicks) // 2, clicks = codes of 4, 9
 */
export function latestClicks(
  { anchor, recent }: Pick<ModelQuery, 'anchor' | 'recent'>,
  codes: ItemCodes,
  clicks: Int32Array,
): number {
  let count = 0;
  let at = recent.length - 1;
  // The anchor of a session is its last click, which must not count twice.
  if (anchor >= 0 && at >= 0 && recent[at] === anchor) at -= 1;
  const first = codes.codeOf(anchor);
  if (first >= 0) clicks[count++] = first;
  for (; at >= 0 && count < clicks.length; at--) {
    const code = codes.codeOf(recent[at]);
    if (code >= 0) clicks[count++] = code;
  }
  return count;
}
