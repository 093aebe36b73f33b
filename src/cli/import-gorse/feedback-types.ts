import { nameOf } from './list-tables.ts';
import { type Draft, setAt } from './set-at.ts';
import { forms, type Settings } from './settings.ts';

const section = 'recommend.data_source';
const maxRules = 50;
const maxTypes = 32;
const maxTypeLength = 64;

/**
 * A feedback type of Gorse as a rule of ours. `=` compares nothing there, so it says nothing here; a comparison without
 * a number is one with 0. Answers undefined for what Gorse refuses.
 *
 * @example toFeedbackRule('read>=3') // { type: 'read', rule: 'read>=3', comparesNothing: false }
 */
export function toFeedbackRule(
  text: string,
): { type: string; rule: string; comparesNothing: boolean } | undefined {
  const match =
    text.length > 128 ? null : /^([a-zA-Z][a-zA-Z0-9_]*)(<=|>=|<|>|=)?(\d*\.?\d*)$/.exec(text);
  if (match === null || match[3] === '.') return undefined;
  const [, type, operator = '', number] = match;
  const compares = operator !== '' && operator !== '=';
  const rule = compares ? `${type}${operator}${Number(number)}` : type;
  return { type, rule, comparesNothing: operator === '=' };
}

/** Says what models learn from, and which feedback counts as a click of what was served. */
export function convertFeedbackTypes(settings: Settings, draft: Draft): void {
  const positive = rulesOf(settings, 'positive_feedback_types', 'training.data.positive');
  const negative = rulesOf(settings, 'negative_feedback_types', 'training.data.negative');
  const read = rulesOf(settings, 'read_feedback_types', 'training.data.read');
  if (positive.length > 0) setAt(draft, 'training.data.positive', positive);
  if (read.length > 0) setAt(draft, 'training.data.read', read);
  if (negative.length > 0) setAt(draft, 'training.data.negative', negative);
  const clicks = clickTypes(positive, [...negative, ...read]);
  if (clicks.length > 0) setAt(draft, 'signals.requests.clickTypes', clicks);
}

/** Types that mean that somebody wanted the item whatever the value: one that is also read does not. */
function clickTypes(positive: readonly string[], passedOver: readonly string[]): string[] {
  const typesOf = (rules: readonly string[]) => rules.map((rule) => toFeedbackRule(rule)!.type);
  const read = new Set(typesOf(passedOver));
  const clicks = unique(typesOf(positive)).filter((type) => !read.has(type));
  return clicks.filter(({ length }) => length <= maxTypeLength).slice(0, maxTypes);
}

function rulesOf(settings: Settings, name: string, ours: string): string[] {
  const key = `${section}.${name}`;
  const texts = settings.read(key, forms.texts);
  const read = (texts ?? []).map((text) => ({ text, found: toFeedbackRule(text) }));
  const rules = unique(read.flatMap(({ found }) => found?.rule ?? []));
  for (const { text, found } of read) {
    if (found === undefined)
      settings.tell(key, 'none', `${nameOf(text)} is no feedback type of Gorse; left out`);
    else if (found.comparesNothing)
      settings.tell(
        key,
        'became',
        `${nameOf(text)} is any value in Gorse, so it is ${found.type} here`,
      );
  }
  if (rules.length > maxRules)
    settings.tell(key, 'none', `has more than ${maxRules} types; the first ones count`);
  if (texts !== undefined) settings.tell(key, ...outcome(rules, { name, ours }));
  return rules.slice(0, maxRules);
}

function outcome(
  rules: readonly string[],
  { name, ours }: { name: string; ours: string },
): ['became' | 'same', string] {
  if (rules.length > 0) return ['became', `${ours}: ${rules.slice(0, maxRules).join(', ')}`];
  return name === 'positive_feedback_types'
    ? ['became', `${ours}: left out, by which all that is not read is learnt; Gorse learns nothing`]
    : ['same', 'is empty'];
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
