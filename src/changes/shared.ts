/** Something that several generations hold, and that ends when the last of them lets go. */
export class Shared<Value> {
  readonly value: Value;
  readonly #end: () => Promise<void>;
  #holders = 1;

  /** Whoever makes it holds it. */
  constructor(value: Value, end: () => Promise<void>) {
    this.value = value;
    this.#end = end;
  }

  /** One more holder; `release` must follow. */
  hold(): this {
    this.#holders += 1;
    return this;
  }

  /** One holder less. */
  async release(): Promise<void> {
    this.#holders -= 1;
    if (this.#holders === 0) await this.#end();
  }
}
