/** Weighted edges from nodes of one type to nodes of another, however they are kept. */
export interface GraphReader {
  /** Nodes that edges begin at: 0 to `rows` - 1. */
  readonly rows: number;
  /** Nodes that edges end at: 0 to `columns` - 1. */
  readonly columns: number;
  /** Edges that begin at a node; 0 for a node that there is not. */
  degree(node: number): number;
  /** Where edge `edge` of a node ends, 0 to `degree(node)` - 1; targets of a node rise. */
  target(node: number, edge: number): number;
  /** Weight of an edge, above 0. */
  weight(node: number, edge: number): number;
}
