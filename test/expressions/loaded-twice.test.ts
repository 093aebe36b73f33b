import { expect, test } from 'vitest';
import { parseTree } from '../../src/expressions/grammar.ts';

test('places stay right where the grammar is loaded a second time', async () => {
  const again = new URL('../../src/expressions/grammar.ts?again', import.meta.url).href;
  const second = (await import(/* @vite-ignore */ again)) as { parseTree: typeof parseTree };
  expect(second.parseTree).not.toBe(parseTree);
  for (const parse of [parseTree, second.parseTree]) {
    const call = parse('count(feedback, .Value > 3)') as unknown as {
      readonly arguments: readonly [
        { readonly at: number },
        { readonly left: { readonly at: number } },
      ];
    };
    const [list, predicate] = call.arguments;
    expect([list.at, predicate.left.at]).toEqual([6, 16]);
  }
});
