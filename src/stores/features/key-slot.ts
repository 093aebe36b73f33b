/** CRC16/XMODEM of every byte: polynomial 0x1021, initial value 0. */
const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/**
 * The slot of a Redis cluster, 0 to 16383, that holds a key: CRC16/XMODEM modulo 16384 of the key, or of what
 * stands between its first `{` and the next `}` unless that is empty (Redis cluster specification, key hash
 * tags). O(bytes).
 *
 * @example keySlot('foo') // 12182
 */
export function keySlot(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(hashTag(key)))
    crc = ((crc << 8) & 0xffff) ^ table[(crc >> 8) ^ byte];
  return crc & 0x3fff;
}

function hashTag(key: string): string {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}

/** The places of keys, one list per slot. */
export function packBySlot(keys: readonly string[]): readonly (readonly number[])[] {
  const packs = new Map<number, number[]>();
  keys.forEach((key, place) => {
    const slot = keySlot(key);
    const pack = packs.get(slot);
    if (pack) pack.push(place);
    else packs.set(slot, [place]);
  });
  return [...packs.values()];
}
