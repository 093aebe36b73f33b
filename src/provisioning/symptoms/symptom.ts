import type { CounterName } from '../../telemetry/metrics.ts';
import { rateWindow } from '../objectives/windows.ts';
import type { Narrowing } from '../queries/queries.ts';
import { durationText } from '../rules/duration.ts';
import type { AlertRule } from '../rules/rule.ts';
import { type RuleQueries, ruleQueries } from '../rules/rule-queries.ts';
import type { Definition } from '../source/definition.ts';

/** What alerts are made with. */
export interface AlertContext {
  readonly definition: Definition;
  /** Queries over five minutes. */
  readonly q: RuleQueries;
  /** The same over another window. */
  readonly over: (seconds: number) => RuleQueries;
}

/** Makes the alerts about one thing. */
export type AlertMaker = (context: AlertContext) => readonly AlertRule[];

/** Makes the context of a gateway's alerts. */
export function createAlertContext(definition: Definition): AlertContext {
  const over = (seconds: number) =>
    ruleQueries(definition, durationText(rateWindow(definition, seconds)));
  return { definition, q: over(300), over };
}

/** No alert about shares rests on fewer bad events than this. */
export const leastEvents = 5;

/**
 * A condition that counts only where another one holds for the same labels.
 *
 * @example where(q, ['a > 1', 'b > 100'], ['work']) // 'a > 1\nand on (job, work)\nb > 100'
 */
export function where(
  q: Pick<RuleQueries, 'labels'>,
  [condition, guard]: readonly [condition: string, guard: string],
  labels: readonly string[] = [],
): string {
  return `${condition}\nand on (${q.labels(...labels)})\n${guard}`;
}

/**
 * The same expression some time before; each of its selectors has braces.
 *
 * @example ago('1d', 'rate(a{job="x"}[5m])') // 'rate(a{job="x"}[5m] offset 1d)'
 */
export function ago(time: string, expr: string): string {
  return expr.replaceAll(/\}(?:\[\w+\])?/g, (selector) => `${selector} offset ${time}`);
}

/**
 * Whether something rare happened within a quarter of an hour. Counts are silent where Prometheus knew nothing of the
 * service when the quarter began: after a time without scrapes, old counts look new.
 */
export function happenedLately<Name extends CounterName>(
  q: RuleQueries,
  name: Name,
  narrowing?: Narrowing<Name>,
): string {
  const lately = q.happened(name, { ...narrowing, window: '15m' });
  return where(q, [`${lately} > 0`, `max by (${q.labels()}) (${ago('15m', q.target('up'))})`]);
}

/** How the control port is called. */
interface CallOptions {
  /** Changes need the control token. */
  readonly method?: 'GET' | 'POST';
  /** File that the answer is written to. */
  readonly into?: string;
}

/**
 * A call of the control port for somebody at a shell.
 *
 * @example curl({ nodes: ['gw-1:8081'] }, '/control/models') // '`curl -s http://gw-1:8081/control/models`'
 */
export function curl(
  { nodes }: Pick<Definition, 'nodes'>,
  path: string,
  { method = 'GET', into }: CallOptions = {},
): string {
  const url = `http://${nodes[0]}${path}`;
  const words = [
    'curl -s',
    ...(method === 'GET' ? [] : ['-X POST -H "authorization: Bearer $SIGHTLINE_CONTROL_TOKEN"']),
    ...(into === undefined ? [] : [`-o ${into}`]),
    // A shell takes a question mark for the name of a file.
    path.includes('?') ? `'${url}'` : url,
  ];
  return `\`${words.join(' ')}\``;
}

/** How a model is trained, without a stop. */
export const trainAnew =
  'Train: `POST /control/tasks/train` of the control port, or `sightline train` beside the instance.';

/** A query for the runbook, as code. */
export const query = (expr: string) => `\`${expr.replaceAll(/\s+/g, ' ')}\``;
