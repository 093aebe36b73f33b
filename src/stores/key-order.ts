/**
 * The order of keys in every store: by code point, which is also the order of their UTF-8 bytes.
 * JavaScript's own order differs where a key holds a character outside of the basic plane.
 *
 * @example ['\u{1F45F}', '\uFF21', 'a'].sort(compareKeys) // ['a', '\uFF21', '\u{1F45F}']
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for the highest code points: they move behind the private use area. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
