/** The offset basis of FNV-1a in two halves; its prime is 2 ** 40 and this. */
const offsetHigh = 0xcbf29ce4;
const offsetLow = 0x84222325;
const primeLow = 0x1b3;
/** Stands in no UTF-8 text, so names and values cannot run into each other. */
const separator = Buffer.of(0xff);

/**
 * What Alertmanager calls the labels of an alert in short: FNV-1a, 64 bits (Fowler, Noll, Vo), over each name and
 * value with 0xFF behind it, names in order of their bytes; 16 hexadecimal digits. O(bytes).
 *
 * @example fingerprint({}) // 'cbf29ce484222325'
 */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  let high = offsetHigh;
  let low = offsetLow;
  const add = (bytes: Uint8Array) => {
    for (const byte of bytes) {
      const mixed = (low ^ byte) >>> 0;
      const product = mixed * primeLow;
      low = product >>> 0;
      // Shifting by 40 bits puts the lower half into the upper one.
      high = (high * primeLow + (product - low) / 2 ** 32 + mixed * 256) >>> 0;
    }
  };
  for (const [name, value] of sortedLabels(labels)) {
    add(Buffer.from(name));
    add(separator);
    add(Buffer.from(value));
    add(separator);
  }
  return [high, low].map((half) => half.toString(16).padStart(8, '0')).join('');
}

/** The labels in order of the bytes of their names. */
export function sortedLabels(
  labels: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] {
  return Object.entries(labels).sort(([a], [b]) => Buffer.from(a).compare(Buffer.from(b)));
}
