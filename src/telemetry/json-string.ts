// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const unsafe = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;
/** What `JSON.stringify` lets through and a terminal or a line reader would act on. */
const raw = /[\u007f-\u009f\u2028\u2029]/g;

/**
 * A string as JSON text, quotes included, in which no control character of any kind is left: those of
 * JSON, DEL, the C1 range that terminals obey, and the Unicode line ends.
 *
 * @example jsonString('a\u009b31m"') // '"a\\u009b31m\\""'
 */
export function jsonString(text: string): string {
  return needsEscape(text) ? escapeControls(JSON.stringify(text)) : `"${text}"`;
}

/** Whether a string may not stand between quotes as it is. */
export function needsEscape(text: string): boolean {
  return unsafe.test(text);
}

/** Escapes, in JSON text, the control characters that JSON allows inside strings. */
export function escapeControls(json: string): string {
  return json.replace(
    raw,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
