import { type Draft, setAt } from './set-at.ts';
import { forms, type Settings } from './settings.ts';

const clientKey = { key: 'server.api_key', variable: 'GORSE_SERVER_API_KEY' };
const adminKey = { key: 'master.admin_api_key', variable: 'GORSE_ADMIN_API_KEY' };

/**
 * The section `access`: who may call, by keys whose secrets stay in the environment variables that Gorse has for them,
 * and whose pages. Undefined where Gorse lets everybody in and names no pages. Secrets are not told.
 */
export function convertAccess(settings: Settings): Draft | undefined {
  const draft: Draft = {};
  const client = readKey(settings, clientKey);
  const admin = readKey(settings, adminKey);
  if (client !== undefined)
    setAt(draft, 'keys.client', { secret: clientKey.variable, scopes: ['read', 'write'] });
  if (admin !== undefined)
    setAt(draft, 'keys.admin', { secret: adminKey.variable, scopes: ['admin'] });
  if (client !== undefined && client === admin)
    settings.tell(
      adminKey.key,
      'none',
      'is that of server.api_key; each key needs a secret of its own',
    );
  const origins = readOrigins(settings, client !== undefined || admin !== undefined);
  if (origins.length > 0) setAt(draft, 'cors.origins', origins);
  return Object.keys(draft).length === 0 ? undefined : draft;
}

function readKey(
  settings: Settings,
  { key, variable }: { key: string; variable: string },
): string | undefined {
  const secret = settings.read(key, forms.text);
  if (secret === undefined) return undefined;
  if (secret === '') {
    settings.tell(key, 'same', 'is empty: no key is asked for');
    return undefined;
  }
  const name = key === adminKey.key ? 'admin' : 'client';
  settings.tell(key, 'became', `access.keys.${name}; start with ${variable} set to it (not shown)`);
  if (!/^[\x21-\x7e]{16,256}$/.test(secret))
    settings.tell(
      key,
      'none',
      'is too weak to go on with: expected 16 to 256 visible ASCII characters',
    );
  return secret;
}

const maxOrigins = 100;

/** Gorse takes an empty list, and `.*`, for everybody. */
function readOrigins(settings: Settings, hasKeys: boolean): string[] {
  const key = 'master.http_cors_domains';
  const domains = settings.read(key, forms.texts);
  if (domains === undefined) return [];
  if (domains.includes('.*') && hasKeys) {
    settings.tell(key, 'became', 'access.cors.origins: *');
    return ['*'];
  }
  if (domains.length === 0 || domains.includes('.*')) {
    const text = 'pages of everywhere may call Gorse; name those that may as access.cors.origins';
    settings.tell(key, 'none', text);
    return [];
  }
  const origins = [...new Set(domains.filter(isOrigin))].slice(0, maxOrigins);
  const others = domains.length - origins.length;
  if (origins.length > 0)
    settings.tell(key, 'became', `access.cors.origins: ${origins.length} of them`);
  if (others > 0)
    settings.tell(key, 'none', `${others} are no origins such as https://shop.example; left out`);
  return origins;
}

const isOrigin = (text: string): boolean =>
  text.length <= 300 &&
  /^https?:/.test(text) &&
  URL.canParse(text) &&
  new URL(text).origin === text;
