/** Variables of the environment, as the collector replaces them: `${env:NAME:-default}`. */
const variables = /\$\{env:(\w+)(?::-([^}]*))?\}/g;
const address = /\d+\.\d+\.\d+\.\d+|localhost|\[[\da-f:]*\]|https?:\/\//i;
const secretKey = /password|passwd|secret|token|api_?key|authorization|credential/i;

/**
 * What a configuration says that it must not: addresses that no variable replaces, defaults that are not loopback,
 * and secrets that stand in the file.
 */
export function checkAddresses(config: unknown): string[] {
  return leaves(config).flatMap(([path, text]) => {
    const presets = [...text.matchAll(variables)].map(([, , preset = '']) => preset);
    return [
      ...(address.test(text.replaceAll(variables, ''))
        ? [`${path}: ${text} is an address that no variable replaces`]
        : []),
      ...presets
        .filter((preset) => address.test(preset) && !isLoopback(preset))
        .map((preset) => `${path}: ${preset} is not this machine`),
      ...(secretKey.test(path) && !text.startsWith('${env:') ? [`${path} holds a secret`] : []),
    ];
  });
}

function isLoopback(preset: string): boolean {
  return /^(?:https?:\/\/)?(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)(?:[:/]|$)/.test(preset);
}

/** Every text of a value with the way to it. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    leaves(child, path === '' ? key : `${path}.${key}`),
  );
}
