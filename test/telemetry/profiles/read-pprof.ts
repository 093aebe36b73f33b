import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { expect } from 'vitest';

/** A function in a stack. */
export interface ReadFrame {
  readonly name: string;
  readonly file: string;
  readonly startLine: number;
  readonly line: number;
}

/** One sample, with everything that it points to. */
export interface ReadSample {
  readonly stack: readonly ReadFrame[];
  /** By the type of the value: `cpu/nanoseconds`. */
  readonly values: Readonly<Record<string, number>>;
  readonly thread: string;
}

/** A profile as pprof reads it. */
export interface ReadProfile {
  readonly profile: Profile;
  /** Texts of the profile's table. */
  readonly strings: readonly string[];
  readonly samples: readonly ReadSample[];
}

/** Reads a gzip pprof; fails where an id leads nowhere or the table of texts does not begin with none. */
export function readPprof(bytes: Uint8Array): ReadProfile {
  const profile = Profile.decode(gunzipSync(bytes));
  const { strings } = profile.stringTable;
  expect(strings[0]).toBe('');
  const text = (place: number | bigint) => {
    expect(strings[Number(place)]).toBeTypeOf('string');
    return strings[Number(place)];
  };
  const functions = byId(profile.function);
  const locations = byId(profile.location);
  const mappings = byId(profile.mapping);
  const types = profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`);
  const frameOf = (locationId: number | bigint): ReadFrame => {
    const { line: lines, mappingId } = found(locations, locationId);
    found(mappings, mappingId);
    expect(lines).toHaveLength(1);
    const { functionId, line } = lines[0];
    const { name, filename, startLine } = found(functions, functionId);
    const place = { startLine: Number(startLine), line: Number(line) };
    return { name: text(name), file: text(filename), ...place };
  };
  const samples = profile.sample.map(({ locationId, value, label }): ReadSample => {
    expect(value).toHaveLength(types.length);
    expect(label.map(({ key }) => text(key))).toEqual(['thread']);
    return {
      stack: locationId.map(frameOf),
      values: Object.fromEntries(types.map((type, t) => [type, Number(value[t])])),
      thread: text(label[0].str),
    };
  });
  return { profile, strings, samples };
}

/** The sum of a value over the samples in which each function itself was running, the largest first. */
export function topFunctions({ samples }: ReadProfile, type: string): [string, number][] {
  const sums = new Map<string, number>();
  for (const { stack, values } of samples) {
    const [{ name }] = stack;
    sums.set(name, (sums.get(name) ?? 0) + values[type]);
  }
  return [...sums].sort(([, a], [, b]) => b - a);
}

type Identified = { readonly id: number | bigint };

function byId<Part extends Identified>(parts: readonly Part[]): ReadonlyMap<number, Part> {
  const map = new Map(parts.map((part) => [Number(part.id), part]));
  expect(map.size).toBe(parts.length);
  expect(map.has(0)).toBe(false);
  return map;
}

function found<Part>(parts: ReadonlyMap<number, Part>, id: number | bigint): Part {
  const part = parts.get(Number(id));
  if (part === undefined) throw new Error(`nothing has the id ${id}`);
  return part;
}
