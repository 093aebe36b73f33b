/** A catalogue, or several together, whose clicks are watched as one distribution. */
export interface Domain {
  /** Names of its catalogues with `+` between. */
  readonly name: string;
  /** Codes of its catalogues. */
  readonly catalogs: readonly number[];
}

/** Which domain's recent clicks are compared with which domain's reference, as places in the list of domains. */
export interface DomainPair {
  readonly source: number;
  readonly target: number;
}

/** A pair as the configuration names it: catalogues of either side. */
export interface NamedPair {
  readonly source: readonly string[];
  readonly target: readonly string[];
}

/** What is watched. */
export interface DomainPlan {
  readonly domains: readonly Domain[];
  readonly pairs: readonly DomainPair[];
  /** Places of the domains that hold a catalogue, by its code. */
  readonly domainsOf: ReadonlyMap<number, readonly number[]>;
  /** Codes of all catalogues that are watched, the largest first. */
  readonly catalogs: readonly number[];
}

/**
 * Plans what to watch: the pairs that were named, as far as all of their catalogues are known, then each catalogue
 * with itself, then all ordered pairs of catalogues, the largest first, until there are `maxPairs`.
 *
 * @example planDomains({ catalogs: [3, 5], nameOf, named: [], maxPairs: 3 }).pairs // 3→3, 5→5, 3→5
 */
export function planDomains({
  catalogs,
  nameOf,
  named,
  maxPairs,
}: {
  /** Codes, the largest catalogue first. */
  readonly catalogs: readonly number[];
  nameOf(code: number): string;
  readonly named: readonly NamedPair[];
  readonly maxPairs: number;
}): DomainPlan {
  const domains: Domain[] = [];
  const pairs: DomainPair[] = [];
  const placeOf = (codes: readonly number[]): number => {
    const name = codes.map(nameOf).join('+');
    const known = domains.findIndex((domain) => domain.name === name);
    return known >= 0 ? known : domains.push({ name, catalogs: codes }) - 1;
  };
  const add = (source: readonly number[], target: readonly number[]) => {
    if (pairs.length >= maxPairs) return;
    const pair = { source: placeOf(source), target: placeOf(target) };
    if (!pairs.some((other) => other.source === pair.source && other.target === pair.target))
      pairs.push(pair);
  };
  const codeOf = new Map(catalogs.map((code) => [nameOf(code), code]));
  for (const { source, target } of named) {
    const codes = [source, target].map((names) => names.map((name) => codeOf.get(name)));
    if (codes.flat().includes(undefined)) continue;
    add(codes[0] as number[], codes[1] as number[]);
  }
  for (const code of catalogs) add([code], [code]);
  for (const source of catalogs) for (const target of catalogs) add([source], [target]);
  const domainsOf = new Map(
    catalogs.map((code) => [
      code,
      domains.flatMap((domain, place) => (domain.catalogs.includes(code) ? [place] : [])),
    ]),
  );
  return { domains, pairs, domainsOf, catalogs };
}
