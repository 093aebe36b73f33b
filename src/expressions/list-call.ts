import { type Compiled, type Frame, spend } from './compiled.ts';
import type { List } from './values.ts';

/** A call of a function of lists. */
export interface ListCall {
  readonly name: string;
  readonly at: number;
  readonly args: readonly Compiled[];
  /** The predicate, compiled for elements of the list. */
  readonly predicate: Compiled | undefined;
}

/** Looks at elements until `visit` says false; the element of the frame is the one that is looked at. */
export function walk(
  frame: Frame,
  list: List,
  at: number,
  visit: (element: unknown) => boolean,
): void {
  const outer = frame.element;
  for (let i = 0; i < list.length; i++) {
    spend(frame, 1, at);
    frame.element = list.at(i);
    if (!visit(frame.element)) break;
  }
  frame.element = outer;
}
