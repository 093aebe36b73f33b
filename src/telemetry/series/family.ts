import type { MetricRow } from '../metric-row.ts';
import { exposedName, type MetricName, metricTable } from '../metrics.ts';
import { cleanLabel, LabelGuard, otherLabel } from './label-guard.ts';
import { canonicalNumber, escapeHelp, escapeLabel, sampleValue } from './sample-text.ts';
import type { Exemplar, Series } from './series.ts';

/** How a family makes and bounds its series. */
export interface FamilyOptions<S extends Series> {
  readonly create: () => S;
  /** Values a label may take. */
  readonly maxLabelValues: number;
  /** Label sets the family may hold; later ones share one that is `__other__` throughout. */
  readonly maxSeries: number;
  /** Called for each label set that did not fit. */
  readonly onOverflow: () => void;
}

interface Member<S extends Series> {
  readonly series: S;
  readonly values: readonly string[];
  /** What stands before the number, per slot. */
  prefixes: readonly string[] | undefined;
}

/** The name suffix and bucket bound of one sample of a series. */
interface Slot {
  readonly suffix: string;
  readonly bound?: number;
}

/** All series of one metric of the table, in the shape that a prom-client registry takes in. */
export class Family<S extends Series> {
  /** A registry of prom-client may rewrite the name; our own exposition does not read it. */
  name: string;
  /** The name in the table. */
  readonly metric: MetricName;
  readonly help: string;
  readonly type: MetricRow['type'];
  readonly aggregator = 'sum';
  readonly row: MetricRow;
  readonly #exposedName: string;
  readonly #options: FamilyOptions<S>;
  readonly #guard: LabelGuard;
  readonly #members = new Map<string, Member<S>>();
  readonly #slots: readonly Slot[];

  constructor(name: MetricName, options: FamilyOptions<S>) {
    this.metric = name;
    this.row = metricTable[name];
    this.#exposedName = exposedName(name);
    this.name = this.#exposedName;
    this.help = this.row.help;
    this.type = this.row.type;
    this.#options = options;
    this.#guard = new LabelGuard(this.row.labels.length, options.maxLabelValues);
    this.#slots = slotsOf(this.row);
    // Without labels a count is zero before anything happened, as prom-client has it.
    if (this.row.labels.length === 0 && this.type !== 'gauge') this.of({});
  }

  /** Samples the family takes in the exposition. */
  get size(): number {
    return this.#members.size * this.#slots.length;
  }

  /** The series of a label set, made on first sight. */
  of(labels: Readonly<Record<string, string>>): S {
    const values = this.row.labels.map((label) => labels[label]);
    return this.#members.get(values.join('\0'))?.series ?? this.#admit(values);
  }

  /** Calls `visit` for every live series with its label values, in the order of the row's labels. Makes nothing. */
  each(visit: (values: readonly string[], series: S) => void): void {
    for (const { values, series } of this.#members.values()) visit(values, series);
  }

  /** Forgets a series; its label values have room for others again. */
  remove(labels: Readonly<Record<string, string>>): boolean {
    const values = this.row.labels.map((label) => cleanLabel(labels[label]));
    const removed = this.#members.delete(values.join('\0'));
    if (removed) this.#guard.release(values);
    return removed;
  }

  /** Its lines: the header, then all samples of one label set at a time, as they are at the moment they are taken. */
  *lines(openMetrics: boolean): Generator<string> {
    yield this.#header(openMetrics);
    // A copy: what goes and comes back between two steps would show twice.
    for (const member of [...this.#members.values()]) yield this.#linesOf(member, openMetrics);
  }

  /** The samples as prom-client has them. */
  async get(): Promise<object> {
    const values: object[] = [];
    for (const { series, values: of } of this.#members.values()) {
      const labels = Object.fromEntries(this.row.labels.map((label, l) => [label, of[l]]));
      series.each((slot, value, exemplar) => {
        const { suffix, bound } = this.#slots[slot];
        values.push({
          value,
          labels: bound === undefined ? labels : { ...labels, le: canonicalNumber(bound) },
          ...(this.type === 'histogram' && { metricName: this.#exposedName + suffix }),
          ...(exemplar !== undefined && {
            exemplar: {
              labelSet: { trace_id: exemplar.traceId },
              value: exemplar.value,
              timestamp: exemplar.atMs / 1000,
            },
          }),
        });
      });
    }
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values };
  }

  /** Forgets all series. */
  reset(): void {
    for (const { values } of this.#members.values()) this.#guard.release(values);
    this.#members.clear();
  }

  #admit(raw: readonly unknown[]): S {
    const clean = raw.map(cleanLabel);
    let values = this.#guard.admit(clean);
    const known = this.#members.get(values.join('\0'));
    if (known === undefined && this.#members.size >= this.#options.maxSeries) {
      values = values.map(() => otherLabel);
    }
    if (values.some((value, l) => value !== clean[l])) this.#options.onOverflow();
    const key = values.join('\0');
    return this.#members.get(key)?.series ?? this.#create(key, values);
  }

  #create(key: string, values: readonly string[]): S {
    const series = this.#options.create();
    this.#guard.hold(values);
    this.#members.set(key, { series, values, prefixes: undefined });
    return series;
  }

  #header(openMetrics: boolean): string {
    const { help, type, unit } = this.row;
    const base = this.#exposedName;
    const name = type === 'counter' && openMetrics ? base.slice(0, -'_total'.length) : base;
    const hasUnit = openMetrics && unit !== '' && name.endsWith(`_${unit}`);
    const unitLine = hasUnit ? `# UNIT ${name} ${unit}\n` : '';
    return `# HELP ${name} ${escapeHelp(help, openMetrics)}\n# TYPE ${name} ${type}\n${unitLine}`;
  }

  #linesOf(member: Member<S>, openMetrics: boolean): string {
    member.prefixes ??= this.#prefixesOf(member.values);
    const { prefixes } = member;
    let text = '';
    member.series.each((slot, value, exemplar) => {
      text += prefixes[slot] + sampleValue(value);
      text += openMetrics && exemplar !== undefined ? exemplarText(exemplar) : '\n';
    });
    return text;
  }

  #prefixesOf(values: readonly string[]): string[] {
    const labels = this.row.labels.map((label, l) => `${label}="${escapeLabel(values[l])}"`);
    return this.#slots.map(({ suffix, bound }) => {
      const all = bound === undefined ? labels : [...labels, `le="${canonicalNumber(bound)}"`];
      const inside = all.length === 0 ? '' : `{${all.join(',')}}`;
      // Joined, a text is one piece; added up, it would be taken apart again in each exposition.
      return [this.#exposedName, suffix, inside, ' '].join('');
    });
  }
}

function slotsOf(row: MetricRow): Slot[] {
  if (row.type !== 'histogram') return [{ suffix: '' }];
  const bounds = [...(row.buckets ?? []), Number.POSITIVE_INFINITY];
  const buckets = bounds.map((bound) => ({ suffix: '_bucket', bound }));
  return [...buckets, { suffix: '_sum' }, { suffix: '_count' }];
}

function exemplarText({ traceId, value, atMs }: Exemplar): string {
  return ` # {trace_id="${escapeLabel(traceId)}"} ${sampleValue(value)} ${Math.round(atMs) / 1000}\n`;
}
