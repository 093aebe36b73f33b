/** Names values of the labels of leaves: those of `nameOf`, but `none` for the variant of requests in no experiment. */
export function valueNames(nameOf: (code: number) => string) {
  return (label: string, code: number): string =>
    label === 'variant' && code === 0 ? 'none' : nameOf(code);
}
