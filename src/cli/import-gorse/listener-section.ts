import { nameOf } from './list-tables.ts';
import { type Draft, setAt } from './set-at.ts';
import { forms, type Settings } from './settings.ts';

const everywhere = '0.0.0.0';
const here = '127.0.0.1';
const usualPort = 8088;
const controlPort = 8081;
/** Clients of Gorse send larger batches than those of `/v1`. */
const bodyLimitBytes = 16_000_000;

/** Says where the gateway listens: where Gorse does, so that the base URL of clients need not change. */
export function convertListener(settings: Settings, draft: Draft): void {
  const port = readPort(settings);
  const host = readHost(settings);
  setAt(draft, 'http', {
    query: { host, port },
    control: { host: here, port: port === controlPort ? controlPort + 1 : controlPort },
    bodyLimitBytes,
  });
}

function readPort(settings: Settings): number {
  const key = 'master.http_port';
  const given = settings.read(key, forms.number) ?? usualPort;
  const port = Number.isInteger(given) && given > 0 && given <= 65_535 ? given : usualPort;
  const text = `http.query.port: ${port}`;
  settings.tell(key, 'became', port === given ? text : `${text}, as it must be a port`);
  return port;
}

function readHost(settings: Settings): string {
  const key = 'master.http_host';
  const given = settings.read(key, forms.text);
  if (given === undefined || given === '') {
    settings.tell(key, 'became', `http.query.host: ${everywhere}`);
    return everywhere;
  }
  const isHost = /^[\w.:-]{1,253}$/.test(given);
  const host = isHost ? given : here;
  const why = isHost ? '' : `, as ${nameOf(given)} is no host`;
  settings.tell(key, 'became', `http.query.host: ${host}${why}`);
  return host;
}
