/** Elements that are not closed, characters that are not escaped and numbers that are none; nothing in a good picture. */
export function faultsOfXml(text: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  const rest = text.replaceAll(
    /<(\/?)([a-z]+)((?: [\w-]+="[^"<]*")*)(\/?)>/gi,
    (tag, isEnd, name, attributes, isEmpty) => {
      if (/NaN|Infinity|undefined/.test(attributes)) faults.push(tag);
      if (isEnd && open.pop() !== name) faults.push(tag);
      if (!isEnd && !isEmpty) open.push(name);
      return '';
    },
  );
  if (/[<>]/.test(rest)) faults.push(rest);
  const bare = text.match(/&(?!(?:amp|lt|gt|quot);)/g) ?? [];
  return [...faults, ...bare, ...open.map((name) => `${name} is not closed`)];
}
