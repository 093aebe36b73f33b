/**
 * 32 bits of a text: FNV-1a over its UTF-16 units.
 *
 * @example textSeed('category=shoes') === textSeed('category=shoes') // true, in every process
 */
export function textSeed(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return bits >>> 0;
}
