const longest = 40;

/**
 * Makes names of works and models out of any texts, none of them twice: small letters, digits and dashes behind the
 * prefix, 40 characters at most.
 *
 * @example createNames()('item-to-item', 'Big Ones!') // 'item-to-item-big-ones'
 */
export function createNames(): (prefix: string, text?: string) => string {
  const taken = new Set<string>();
  return (prefix, text = '') => {
    const words = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const name = trim(`${prefix}-${words}`.slice(0, longest));
    for (let n = 1; ; n++) {
      const suffix = n === 1 ? '' : `-${n}`;
      const candidate = `${trim(name.slice(0, longest - suffix.length))}${suffix}`;
      if (taken.has(candidate)) continue;
      taken.add(candidate);
      return candidate;
    }
  };
}

const trim = (name: string): string => name.replace(/-+/g, '-').replace(/-$/, '');
