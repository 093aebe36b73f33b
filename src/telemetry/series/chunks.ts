/** Length of a part in UTF-16 units: a long text is dear to put together, many small buffers are dear to send. */
const partLength = 65_536;

/** Gathers pieces of text into buffers of UTF-8 of about 64 KB. A piece is never divided. */
export class Chunks {
  readonly #done: Uint8Array[] = [];
  #text = '';

  add(piece: string): void {
    this.#text += piece;
    if (this.#text.length >= partLength) this.#cut();
  }

  /** Everything so far. */
  take(): readonly Uint8Array[] {
    if (this.#text !== '') this.#cut();
    return this.#done;
  }

  #cut(): void {
    this.#done.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
