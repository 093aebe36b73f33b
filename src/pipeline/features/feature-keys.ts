import type { PeekRows } from '../../stores/features/feature-store.ts';
import type { RequestContext } from '../algorithm.ts';
import type { KeyPart, KeyTemplate } from './key-template.ts';

/** Items of which a store may remember something. */
const maxRemembered = 262_144;

/** Writes the keys of one feature. */
export interface FeatureKeys {
  /**
   * The keys of items by dense index, or the one of the request where there are none; undefined where the request does
   * not have what the template names.
   */
  of(context: RequestContext, items?: Int32Array, count?: number): PeekRows | undefined;
}

/**
 * Makes the writer of a template. What a store remembers of items is kept where the key depends on nothing else.
 *
 * @example createFeatureKeys(parseKeyTemplate('item:{item}')).of(context, Int32Array.of(0), 1)?.keyOf(0) // 'item:I0'
 */
export function createFeatureKeys(template: KeyTemplate): FeatureKeys {
  const isPlain = template.parts.every((part) => part === 'item');
  let entries: unknown[] = [];
  return {
    of(context, items, count = 0) {
      const texts = fill(template, context);
      if (texts === undefined) return undefined;
      if (items === undefined) return { count: 1, keyOf: () => texts[0] };
      const { table } = context;
      if (isPlain) entries = withRoom(entries, Math.min(table.size, maxRemembered));
      return {
        count,
        keyOf: (row) => texts.join(table.ids[items[row]]),
        memory: isPlain ? { ids: items, entries } : undefined,
      };
    },
  };
}

/** All keys of a read. O(keys). */
export function listKeys({ count, keyOf }: PeekRows): string[] {
  const keys: string[] = new Array(count);
  for (let row = 0; row < count; row++) keys[row] = String(keyOf(row));
  return keys;
}

/** The same list with places for so many; one that grows by itself from far ahead becomes a slow one. */
function withRoom(list: unknown[], size: number): unknown[] {
  if (list.length >= size) return list;
  const longer: unknown[] = new Array(Math.min(maxRemembered, 2 * size));
  for (let i = 0; i < list.length; i++) longer[i] = list[i];
  return longer;
}

/** The texts around the item, with everything else in its place. */
function fill({ texts, parts }: KeyTemplate, context: RequestContext): string[] | undefined {
  const filled = [texts[0]];
  for (let p = 0; p < parts.length; p++) {
    if (parts[p] === 'item') filled.push(texts[p + 1]);
    else {
      const value = textOf(parts[p], context);
      if (value === undefined) return undefined;
      filled[filled.length - 1] += value + texts[p + 1];
    }
  }
  return filled;
}

function textOf(part: KeyPart, { request, intent }: RequestContext): string | undefined {
  switch (part) {
    case 'user':
      return request.user;
    case 'session':
      return request.session;
    case 'segment':
      return intent.segment;
    case 'catalog':
      return intent.catalog;
    default:
      return undefined;
  }
}
