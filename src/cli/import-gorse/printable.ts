/**
 * A text of a foreign file as it may be shown: characters that steer a screen, end a line or turn the direction become
 * `?`, and what is longer than `most` characters is cut.
 *
 * @example printable('a\nb') // 'a?b'
 */
export function printable(text: string, most = 80): string {
  const plain = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}
