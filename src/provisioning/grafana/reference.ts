/**
 * What Grafana replaces by the value of a variable, or of a point.
 *
 * @example reference('__field.labels.stage') // '${__field.labels.stage}'
 */
export function reference(name: string): string {
  return `\${${name}}`;
}
