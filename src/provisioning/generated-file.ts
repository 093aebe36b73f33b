/** A file that `sightline generate` writes. */
export interface GeneratedFile {
  /** Relative to the folder of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}
