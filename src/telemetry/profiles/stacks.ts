import type { Runtime } from 'node:inspector';
import { sourcePath } from './source-path.ts';

/** A call of a function. */
export interface Frame {
  readonly name: string;
  /** As `sourcePath` shows it; empty for what V8 itself does. */
  readonly file: string;
  /** Where the function begins, from 1; 0 where it is not known. */
  readonly startLine: number;
  /** The line in it, from 1; that of its beginning where V8 does not say. */
  readonly line: number;
}

/** What was measured of one stack of calls. */
export interface StackSample {
  /** The function that was running first, its callers after it. */
  readonly stack: readonly Frame[];
  /** One for each sample type of the profile. */
  readonly values: readonly number[];
}

/** A tree of calls as V8 tells it: a node is one function called along one way. */
export interface CallTree<Node> {
  /** Stands for the thread and is in no stack. */
  readonly root: Node;
  callFrame(node: Node): Runtime.CallFrame;
  children(node: Node): readonly Node[];
}

/** Shows every node of a tree with its stack. */
export function visitStacks<Node>(
  tree: CallTree<Node>,
  visit: (node: Node, stack: readonly [Frame, ...Frame[]]) => void,
): void {
  const visitChildren = (parent: Node, callers: readonly Frame[]) => {
    for (const node of tree.children(parent)) {
      const stack = [frameOf(tree.callFrame(node)), ...callers] as const;
      visit(node, stack);
      visitChildren(node, stack);
    }
  };
  visitChildren(tree.root, []);
}

function frameOf({ functionName, url, lineNumber }: Runtime.CallFrame): Frame {
  const file = sourcePath(url);
  const startLine = lineNumber + 1;
  // All functions without a name would count as one.
  const place = `(anonymous ${file.slice(file.lastIndexOf('/') + 1)}:${startLine})`;
  return { name: functionName === '' ? place : functionName, file, startLine, line: startLine };
}
