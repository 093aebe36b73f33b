import { jsonString, needsEscape } from './json-string.ts';

/** Writing JSON into a buffer in place. Each answers where it ends. */

/** A whole number of 0 to 2³¹ − 1 in decimal digits; anything else as 0. */
export function putInteger(target: Uint8Array, at: number, value: number): number {
  let rest = value >= 0 && value <= 0x7fffffff ? value | 0 : 0;
  let end = at + 1;
  for (let shrunk = rest; shrunk >= 10; shrunk = (shrunk / 10) | 0) end += 1;
  for (let place = end - 1; place >= at; place--) {
    const tenth = (rest / 10) | 0;
    target[place] = zero + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

/** Milliseconds, 2 · 10⁶ at most, with at most three decimals and no trailing zeros; what is no time as 0. */
export function putMs(target: Uint8Array, at: number, ms: number): number {
  // Whole numbers of 31 bits all the way: half an hour fits, and division stays cheap.
  const micros = ms >= 0 ? (Math.min(ms, 2e6) * 1000 + 0.5) | 0 : 0;
  const whole = (micros / 1000) | 0;
  const end = putInteger(target, at, whole);
  const thousandths = micros - whole * 1000;
  if (thousandths === 0) return end;
  const hundredths = (thousandths / 10) | 0;
  const tenths = (thousandths / 100) | 0;
  target[end] = 0x2e;
  target[end + 1] = zero + tenths;
  if (thousandths === tenths * 100) return end + 2;
  target[end + 2] = zero + hundredths - tenths * 10;
  if (thousandths === hundredths * 10) return end + 3;
  target[end + 3] = zero + thousandths - hundredths * 10;
  return end + 4;
}

const zero = 0x30;

/** A string in quotes, escaped like `jsonString`: at most six bytes a UTF-16 unit, and the quotes. */
export function putJsonString(target: Buffer, at: number, text: string): number {
  target[at] = quote;
  const end = text.length > 16 ? -1 : putPlain(target, at + 1, text);
  if (end > 0) {
    target[end] = quote;
    return end + 1;
  }
  if (needsEscape(text)) return at + target.write(jsonString(text), at, 'utf8');
  const after = at + 1 + target.write(text, at + 1, 'utf8');
  target[after] = quote;
  return after + 1;
}

const quote = 0x22;
const backslash = 0x5c;

/** Printable ASCII as it is; -1 where there is anything else. */
function putPlain(target: Uint8Array, at: number, text: string): number {
  // Strings have so many shapes inside that asking for a length may be a call: once, not for each character.
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === quote || code === backslash) return -1;
    target[at + i] = code;
  }
  return at + length;
}

/** Bytes that are ready. */
export function putBytes(target: Uint8Array, at: number, bytes: Uint8Array): number {
  target.set(bytes, at);
  return at + bytes.length;
}
