/** Writing into a buffer in place, at the places that a template leaves open. What begins with `put` answers where it ends. */

/** Four bytes, little-endian. */
export function putUint32(target: Uint8Array, at: number, value: number): number {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
  return at + 4;
}

/** A varint of 14 bits in two bytes. */
export function putVarint14(target: Uint8Array, at: number, value: number): number {
  target[at] = (value & 0x7f) | 0x80;
  target[at + 1] = (value >>> 7) & 0x7f;
  return at + 2;
}

/** A varint of 21 bits in three bytes. */
export function putVarint21(target: Uint8Array, at: number, value: number): number {
  target[at] = (value & 0x7f) | 0x80;
  target[at + 1] = ((value >>> 7) & 0x7f) | 0x80;
  target[at + 2] = (value >>> 14) & 0x7f;
  return at + 3;
}

/** Fills an array with the bytes of lower-case hex digits, of which there are twice as many. */
export function fillHex(target: Uint8Array, hex: string): void {
  for (let i = 0; i < target.length; i++) {
    target[i] = (nibble(hex.charCodeAt(2 * i)) << 4) | nibble(hex.charCodeAt(2 * i + 1));
  }
}

function nibble(code: number): number {
  return code < 0x40 ? code - 0x30 : code - 0x57;
}

/** UTF-8 of a text; a lone surrogate becomes U+FFFD. */
export function putText(target: Buffer, at: number, text: string): number {
  const { length } = text;
  // Names are short and plain: a loop over them beats the call into the encoder.
  if (length > 48) return at + target.write(text, at, 'utf8');
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return at + target.write(text, at, 'utf8');
    target[at + i] = code;
  }
  return at + length;
}
