import { SightlineError } from '../../domain/errors.ts';
import { metricTable } from '../../telemetry/metrics.ts';
import { cleanLabel } from '../../telemetry/series/label-guard.ts';
import { isMeasure } from '../cube/measures.ts';
import type { WatchedSeries } from '../watched-series.ts';

/** A series of somebody's own, and how to read it. */
export type Registration = {
  /** A letter, then letters, digits and `_ . :`; at most 120 in all. */
  readonly name: string;
  /** At most 8, named by a letter and then letters, digits and `_`; values are not empty and at most 120 long. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly direction?: WatchedSeries['direction'];
} & (
  | { readonly kind: 'level'; readonly read: () => number }
  | { readonly kind: 'ratio'; readonly read: () => { hits: number; trials: number } }
  /** `events` since the last reading, or the running `total` of all events. */
  | { readonly kind: 'count'; readonly read: () => { events: number } | { total: number } }
);

const nameForm = /^[a-zA-Z][\w.:]{0,119}$/;
const labelForm = /^[a-zA-Z]\w{0,119}$/;
const maxLabels = 8;
const kinds = ['level', 'count', 'ratio'];
const directions = ['up', 'down', 'both'];

/** Throws SL_CONFIG_INVALID where a registration is not what its type says, or uses a name of the gateway's own. */
export function checkRegistration(registration: Registration): void {
  const { name, labels = {}, kind, direction = 'both', read } = registration;
  const must = (isMet: boolean, expected: string) => {
    if (!isMet) throw refused(name, expected);
  };
  must(
    typeof name === 'string' && nameForm.test(name),
    'expected a letter, then at most 119 of a-z A-Z 0-9 _ . :',
  );
  must(
    !isMeasure(name) && !Object.hasOwn(metricTable, name),
    'expected a name that the gateway does not use itself',
  );
  must(kinds.includes(kind), `got kind ${kind}, expected ${kinds.join(', ')}`);
  must(
    directions.includes(direction),
    `got direction ${direction}, expected ${directions.join(', ')}`,
  );
  must(typeof read === 'function', 'expected a function to read it');
  const entries = Object.entries(labels);
  must(entries.length <= maxLabels, `got ${entries.length} labels, expected at most ${maxLabels}`);
  for (const [label, value] of entries) {
    must(
      labelForm.test(label),
      `got label ${label}, expected a letter, then letters, digits and _`,
    );
    must(
      typeof value === 'string' && value !== '' && cleanLabel(value) === value,
      `got a value of label ${label} that is empty, too long or has control characters or outer blanks`,
    );
  }
}

/** The error for a series that cannot be registered. */
export function refused(name: string, why: string): SightlineError {
  return new SightlineError('SL_CONFIG_INVALID', `watched series ${cleanLabel(name)} ${why}`);
}
