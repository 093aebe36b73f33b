import { expect, test } from 'vitest';
import { createImportWatch } from '../../../src/training/schedule/import-watch.ts';

function openWatch() {
  let over = 0;
  let ring: (() => void) | undefined;
  const watch = createImportWatch(
    (_, run) => {
      ring = run;
      return () => {
        ring = undefined;
      };
    },
    () => {
      over += 1;
    },
  );
  const pass = () => {
    const due = ring;
    ring = undefined;
    due?.();
  };
  return { watch, pass, over: () => over };
}

test('imports that follow each other are over once', () => {
  const { watch, pass, over } = openWatch();
  watch.begin()(3);
  const [one, other] = [watch.begin(), watch.begin()];
  pass();
  one(2);
  pass();
  expect([watch.areOn(), over()]).toEqual([true, 0]);
  other(0);
  pass();
  expect([watch.areOn(), over()]).toEqual([false, 1]);
  pass();
  expect(over()).toBe(1);
});

test('an import that brought nothing, one that ends twice, and one of a closed watch tell nothing', () => {
  const { watch, pass, over } = openWatch();
  watch.begin()(0);
  pass();
  expect(over()).toBe(0);
  const end = watch.begin();
  const other = watch.begin();
  end(1);
  end(1);
  pass();
  expect(over()).toBe(0);
  other(1);
  watch.close();
  pass();
  expect(over()).toBe(0);
});
