/**
 * An expression with the values of variables, written as `$name` or `${name}`, in it.
 *
 * @example fillVariables('up{job=~"$job"}', new Map([['job', '.*']])) // 'up{job=~".*"}'
 */
export function fillVariables(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g, (written, braced, bare) => {
    return values.get(braced ?? bare) ?? written;
  });
}
