import { type Mistake, SightlineError } from '../../domain/errors.ts';

/** What a key may be made of; `item` is a candidate or the anchor, the others belong to the request. */
export const keyParts = ['item', 'user', 'session', 'segment', 'catalog'] as const;
export type KeyPart = (typeof keyParts)[number];

/** The longest template, in characters. */
export const maxTemplateLength = 200;

/** A template taken apart: text, and the names of what stands between. */
export interface KeyTemplate {
  /** One more than `parts`. */
  readonly texts: readonly string[];
  readonly parts: readonly KeyPart[];
}

const placeholder = /\{([^{}]*)\}/g;

/**
 * Takes a template of keys apart. Braces around a placeholder are text, so that a Redis cluster can keep what belongs
 * together on one node. Throws `SL_CONFIG_INVALID` for a placeholder that is unknown, or none at all.
 *
 * @example parseKeyTemplate('item:{item}') // { texts: ['item:', ''], parts: ['item'] }
 */
export function parseKeyTemplate(template: string): KeyTemplate {
  const texts: string[] = [];
  const parts: KeyPart[] = [];
  let from = 0;
  for (const { 0: found, 1: name, index } of template.matchAll(placeholder)) {
    if (!isKeyPart(name)) throw invalid(`has ${found}`);
    texts.push(template.slice(from, index));
    parts.push(name);
    from = index + found.length;
  }
  texts.push(template.slice(from));
  if (parts.length === 0) throw invalid('has no placeholder');
  return { texts, parts };
}

/** What is wrong with a template for keys of `of`, or nothing. */
export function checkKeyTemplate(template: string, of: FeatureOf): Mistake['message'] | undefined {
  try {
    const { parts } = parseKeyTemplate(template);
    const wanted = partOf[of];
    if (!parts.includes(wanted)) return `must contain {${wanted}}, as it is of the ${of}`;
    if (wanted !== 'item' && parts.includes('item')) return `has {item}, but it is of the ${of}`;
    return undefined;
  } catch (error) {
    return (error as SightlineError).message;
  }
}

/** Whom a feature describes: every candidate, or the one user, session or anchor item of the request. */
export const featureOwners = ['candidates', 'user', 'session', 'anchor'] as const;
export type FeatureOf = (typeof featureOwners)[number];

const partOf: Readonly<Record<FeatureOf, KeyPart>> = {
  candidates: 'item',
  anchor: 'item',
  user: 'user',
  session: 'session',
};

function isKeyPart(name: string): name is KeyPart {
  return (keyParts as readonly string[]).includes(name);
}

function invalid(got: string): SightlineError {
  const known = keyParts.map((part) => `{${part}}`).join(', ');
  return new SightlineError('SL_CONFIG_INVALID', `key template ${got}, expected ${known}`);
}
