import { checkOptions } from '../../pipeline/catalogue.ts';
import { messageOf } from '../../pipeline/make-algorithm.ts';
import type { PartDefinition, Plugin } from '../plugin.ts';
import { partKinds } from './plugin-mistakes.ts';
import { tryDetector } from './try-detector.ts';
import { trySignal } from './try-signal.ts';

/** The options of the parts that a configuration uses, by kind and name. */
export type PartUses = {
  readonly [Kind in (typeof partKinds)[number]]: Readonly<Record<string, unknown>>;
};

/** One part and how it is tried: `run` answers what is wrong with it. */
export interface PartTrial {
  readonly what: string;
  run(): readonly string[];
}

const tries: { readonly [Kind in keyof PartUses]: (made: unknown) => void } = {
  signals: trySignal,
  detectors: tryDetector,
};

/** What the configuration uses that the plugin does not bring. */
export function unknownParts(plugin: Plugin, uses: PartUses): string[] {
  return partKinds.flatMap((kind) =>
    Object.keys(uses[kind])
      .filter((name) => !Object.hasOwn(plugin[kind] ?? {}, name))
      .map((name) => `brings no ${kind.slice(0, -1)} ${name}, which the configuration uses`),
  );
}

/** The trials of all parts: with the options of the configuration, otherwise with their defaults where they have some. */
export function partTrials(plugin: Plugin, uses: PartUses): PartTrial[] {
  return partKinds.flatMap((kind) =>
    Object.entries(plugin[kind] ?? {}).map(([name, definition]) => {
      const what = `${kind.slice(0, -1)} ${name}`;
      const given = Object.hasOwn(uses[kind], name) ? uses[kind][name] : undefined;
      return { what, run: () => tryPart({ what, definition, given }, tries[kind]) };
    }),
  );
}

function tryPart(
  {
    what,
    definition,
    given,
  }: { what: string; definition: PartDefinition<unknown>; given: unknown },
  call: (made: unknown) => void,
): string[] {
  try {
    const checked = checkOptions(definition, given, 'options');
    if ('mistakes' in checked) {
      if (given === undefined) return [];
      return checked.mistakes.map(({ path, message }) => `${what}: ${path} ${message}`);
    }
    call(definition.create(checked.options));
    return [];
  } catch (cause) {
    return [`${what}: ${messageOf(cause)}`];
  }
}
