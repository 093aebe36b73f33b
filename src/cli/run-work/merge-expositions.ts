interface Family {
  readonly head: string[];
  readonly samples: Map<string, number>;
}

/** Series that can be added up; those of the process are the same in each thread. */
const countedType = /^# TYPE (?!process_)\S+ (?:counter|histogram|summary)$/;

/**
 * Makes one exposition of those of several threads, in text 0.0.4. Counters and histograms are added up; of gauges,
 * and of what each thread tells of the whole process, the largest value is kept.
 *
 * @example
 * mergeExpositions(['# TYPE sightline_x_total counter\nsightline_x_total 1\n', '…2\n']) // '…sightline_x_total 3\n'
 */
export function mergeExpositions(texts: readonly string[]): string {
  const families = new Map<string, Family>();
  for (const text of texts) addExposition(families, text);
  return [...families.values()].map(familyText).join('');
}

function addExposition(families: Map<string, Family>, text: string): void {
  let family: Family = { head: [], samples: new Map() };
  let isNew = false;
  let adds = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('# HELP ')) {
      const name = line.split(' ', 3)[2];
      const known = families.get(name);
      isNew = known === undefined;
      family = known ?? { head: [], samples: new Map() };
      families.set(name, family);
    }
    if (line.startsWith('#')) {
      if (isNew) family.head.push(line);
      if (line.startsWith('# TYPE ')) adds = countedType.test(line);
    } else if (line !== '') {
      const end = line.lastIndexOf(' ');
      const key = line.slice(0, end);
      const value = parseValue(line.slice(end + 1));
      const before = family.samples.get(key);
      family.samples.set(key, before === undefined ? value : combine(before, value, adds));
    }
  }
}

function combine(a: number, b: number, adds: boolean): number {
  if (adds) return a + b;
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.max(a, b);
}

function familyText({ head, samples }: Family): string {
  const lines = [...samples].map(([key, value]) => `${key} ${valueText(value)}\n`);
  return `${head.map((line) => `${line}\n`).join('')}${lines.join('')}`;
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
