/** What hears of a change of keys. */
export interface KeyListener {
  /** A key was written, deleted or has expired. */
  changed(key: string): void;
  /** Anything may have changed: all was deleted, or the watch begins or breaks. */
  allChanged(): void;
}

/** Tells of every change of the keys of a store while it is live. */
export interface KeyWatch {
  /** Whether every change since the last `allChanged` has been told or will be. */
  isLive(): boolean;
  listen(listener: KeyListener): void;
  close(): Promise<void>;
}
