import type { ClickExamples } from './click-examples.ts';

/** Takes examples one after the other, in columns that grow. */
export interface ExampleColumns {
  /** A feature of the example that is being taken. */
  feature(code: number, value: number): void;
  /** Ends an example. */
  end(clicked: 0 | 1): void;
  /** Copies what was taken. */
  build(): ClickExamples;
}

/** Makes empty columns: 8 bytes a feature, 5 an example, half of it unused at worst. */
export function createExampleColumns(): ExampleColumns {
  let codes = new Uint32Array(4096);
  let values = new Float32Array(4096);
  let offsets = new Uint32Array(1024);
  let clicked = new Uint8Array(1024);
  let [features, examples] = [0, 0];
  return {
    feature(code, value) {
      if (features === codes.length) {
        codes = wider(codes, new Uint32Array(2 * features));
        values = wider(values, new Float32Array(2 * features));
      }
      codes[features] = code;
      values[features++] = value;
    },
    end(label) {
      if (examples + 1 === offsets.length) {
        offsets = wider(offsets, new Uint32Array(2 * offsets.length));
        clicked = wider(clicked, new Uint8Array(offsets.length));
      }
      clicked[examples++] = label;
      offsets[examples] = features;
    },
    build: () => ({
      offsets: offsets.slice(0, examples + 1),
      codes: codes.slice(0, features),
      values: values.slice(0, features),
      clicked: clicked.slice(0, examples),
    }),
  };
}

function wider<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}
