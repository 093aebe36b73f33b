import { fileURLToPath } from 'node:url';

const rootUrl = new URL('../../../', import.meta.url).href;
/** CommonJS modules go by their path in the profiles of the heap. */
const roots = [rootUrl, fileURLToPath(rootUrl)];
const modules = 'node_modules/';

/**
 * The name under which a profile shows a script: its path from the root of the package, from `node_modules`, or else
 * its last part, as where a machine keeps its files is nobody's business. What is no file keeps its URL.
 *
 * @example sourcePath('file:///srv/app/node_modules/hono/dist/hono.js') // 'node_modules/hono/dist/hono.js'
 */
export function sourcePath(url: string): string {
  const root = roots.find((one) => url.startsWith(one));
  if (root !== undefined) return url.slice(root.length);
  const module = url.lastIndexOf(modules);
  if (module >= 0) return url.slice(module);
  const isFile = url.startsWith('file:') || /^([/\\]|[a-z]:)/i.test(url);
  if (isFile) return url.slice(1 + Math.max(url.lastIndexOf('/'), url.lastIndexOf('\\')));
  return url.startsWith('data:') ? 'data:' : url;
}
