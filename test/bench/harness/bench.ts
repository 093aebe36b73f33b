/** What every bench is given. */
export interface BenchOptions {
  /** Seconds of measuring, without preparation. */
  readonly seconds: number;
  /** Folder of the data set, where a bench reads one; the shipped demo when absent. */
  readonly dataFolder: string | undefined;
  /** Takes lines for people. */
  readonly log: (line: string) => void;
}

/** A bench: its result is the JSON object of the last line, without date and command. */
export type Bench = (options: BenchOptions) => Promise<object>;
