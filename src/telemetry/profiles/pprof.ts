import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  type FunctionInput,
  type LocationInput,
  Profile,
  type SampleInput,
  StringTable,
} from 'pprof-format';
import type { ProfileKind, ValueType } from './profile-kind.ts';
import type { Frame, StackSample } from './stacks.ts';

/** Samples of one thread. */
export interface ThreadSamples {
  readonly thread: string;
  readonly samples: readonly StackSample[];
}

/** What goes into a profile beside its samples. */
export interface ProfileHead extends Pick<ProfileKind, 'sampleTypes' | 'period'> {
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/**
 * Encodes a profile as pprof reads it: `profile.proto`, gzip. Each sample has the label `thread`; the event loop gets its
 * turn between the parts.
 */
export async function encodePprof(
  head: ProfileHead,
  threads: readonly ThreadSamples[],
): Promise<Uint8Array> {
  const texts = new StringTable();
  const text = (value: string) => texts.dedup(value);
  const valueType = ({ type, unit }: ValueType) => ({ type: text(type), unit: text(unit) });
  const calls = createCalls(text);
  const sample = threads.flatMap(({ thread, samples }) => {
    const label = [{ key: text('thread'), str: text(thread) }];
    return samples.map(({ stack, values }): SampleInput => {
      return { locationId: stack.map(calls.locationOf), value: [...values], label };
    });
  });
  const profile = new Profile({
    sampleType: head.sampleTypes.map(valueType),
    sample,
    // Says that names, files and lines are there, so that nobody looks for them in a program file.
    mapping: [
      {
        id: 1,
        filename: text('sightline'),
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
      },
    ],
    location: calls.locations,
    function: calls.functions,
    stringTable: texts,
    timeNanos: BigInt(Math.round(head.startedAtMs)) * 1_000_000n,
    durationNanos: Math.round(head.durationMs * 1e6),
    periodType: valueType(head.period),
    period: head.period.value,
  });
  return promisify(gzip)(await profile.encodeAsync());
}

/** Gives functions and the lines in them their ids, each of which begins at 1. */
function createCalls(text: (value: string) => number) {
  const functions: FunctionInput[] = [];
  const locations: LocationInput[] = [];
  const functionIds = new Map<string, number>();
  const locationIds = new Map<string, number>();
  const functionOf = ({ name, file, startLine }: Frame) => {
    const key = `${name}\n${file}\n${startLine}`;
    const known = functionIds.get(key);
    if (known !== undefined) return known;
    const id = functions.length + 1;
    functionIds.set(key, id);
    // With a system name pprof would take brackets in names for C++ and cut them.
    functions.push({ id, name: text(name), filename: text(file), startLine });
    return id;
  };
  const locationOf = (frame: Frame) => {
    const functionId = functionOf(frame);
    const key = `${functionId}:${frame.line}`;
    const known = locationIds.get(key);
    if (known !== undefined) return known;
    const id = locations.length + 1;
    locationIds.set(key, id);
    locations.push({ id, mappingId: 1, line: [{ functionId, line: frame.line }] });
    return id;
  };
  return { functions, locations, locationOf };
}
