import type { AccessOptions } from '../access/access-schema.ts';
import { packageVersion } from '../domain/package-version.ts';
import type { Gateway } from '../gateway.ts';
import { accessLine } from './access-line.ts';
import { gorseLine } from './gorse-line.ts';

/** Where the two listeners are. */
export interface Addresses {
  readonly query: string;
  readonly control: string;
}

/** Ids out of the data, for calls that work. */
interface Sample {
  readonly item?: string | undefined;
  readonly session?: string | undefined;
  readonly user?: string | undefined;
}

const shownWorks = 3;
const empty =
  'There is nothing to serve yet: docs/own-data.md and docs/gorse.md say how to put items and feedback in.';

/**
 * What a person reads when the gateway is ready: what is served, where, and calls that work as they stand.
 *
 * @example await banner(gateway, { query: 'http://127.0.0.1:8080', control: 'http://127.0.0.1:8081' })
 */
export async function banner(gateway: Gateway, { query, control }: Addresses): Promise<string> {
  const { users, feedback } = await gateway.store.counts();
  const sample = await sampleIds(gateway);
  const works = Object.entries(gateway.settings().works);
  const models = gateway.models();
  const ready = models.filter(({ state }) => state === 'ready');
  const { access, gorse } = gateway.config;
  const header = keyHeader(access);
  const lines = [
    '',
    `Sightline ${packageVersion()} is ready with ${count(gateway.table.live, 'item')}, ` +
      `${count(users, 'user')} and ${count(feedback, 'event')}`,
    `  works    ${works.map(([name]) => name).join(', ')}`,
    `  models   ${ready.map(({ name }) => name).join(', ') || 'none'}${missing(models)}`,
    `  query    ${query}  (${query}/openapi.json)`,
    ...(gorse === undefined ? [] : [`  gorse    ${gorseLine(gorse)}`]),
    `  access   ${accessLine(access)}`,
    `  control  ${control}  (${control}/metrics)`,
    '',
    'Try:',
    ...works
      .slice(0, shownWorks)
      .map(
        ([name, { surface }]) =>
          `  curl -s ${header}${callOf(`${query}/v1/recommend/${name}`, surface, sample)}`,
      ),
    ...(gorse === undefined || sample.user === undefined
      ? []
      : [`  curl -s ${header}'${query}/api/recommend/${encodeURIComponent(sample.user)}?n=5'`]),
    '',
    ...(gateway.table.size === 0 ? [empty, ''] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function missing(models: ReturnType<Gateway['models']>): string {
  const absent = models.filter(({ state }) => state !== 'ready');
  if (absent.length === 0) return '';
  return `; missing: ${absent.map(({ name, reason }) => `${name} (${reason})`).join(', ')}`;
}

function callOf(url: string, surface: 'user' | 'session' | 'item', sample: Sample): string {
  const id = sample[surface];
  const parameters = new URLSearchParams(id === undefined ? { n: '5' } : { [surface]: id, n: '5' });
  return `'${url}?${parameters}'`;
}

/** The switch that shows a key which may recommend; the shell knows its secret, or can be told. */
function keyHeader({ keys }: AccessOptions): string {
  const good = Object.values(keys).find(
    ({ scopes, tenant }) => tenant === undefined && scopes.some((scope) => scope !== 'write'),
  );
  return good === undefined ? '' : `-H "x-api-key: $${good.secret}" `;
}

async function sampleIds({ store, table }: Gateway): Promise<Sample> {
  const { rows } = await store.scanFeedback({ limit: 1 });
  const users = await store.scan('users', { limit: 1 });
  return {
    item: table.ids.find((_, index) => table.hidden[index] === 0),
    session: rows[0]?.session,
    user: users.rows[0]?.id ?? rows[0]?.user,
  };
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
