/** What a reader hears from a memcached. */
export interface MemcachedAnswers {
  /** A value; undefined where it is longer than the reader keeps. */
  value(key: string, bytes: Buffer | undefined): void;
  /** No more values come for this command. */
  end(): void;
  /** The command failed; the first word of the answer. */
  failed(word: string): void;
}

/** A line with a key of 250 bytes is shorter. */
const maxLineBytes = 1024;

const valueLine = /^VALUE ([^ ]+) \d{1,10} (\d{1,10})(?: \d{1,20})?$/;
const errorLine = /^(ERROR|CLIENT_ERROR|SERVER_ERROR)\b/;

interface Body {
  readonly key: string;
  /** Of the value and the end of its line. */
  readonly length: number;
  /** Undefined where the value is too long and only counted. */
  readonly chunks: Buffer[] | undefined;
  have: number;
}

/**
 * Reads the answers to `get` in memcached's text protocol (protocol.txt of its distribution), chunk by chunk as they
 * come. Holds one line and one value at most. O(bytes).
 */
export class MemcachedReader {
  readonly #answers: MemcachedAnswers;
  readonly #maxValueBytes: number;
  #line: Buffer = Buffer.alloc(0);
  #body: Body | undefined;

  constructor(answers: MemcachedAnswers, maxValueBytes: number) {
    this.#answers = answers;
    this.#maxValueBytes = maxValueBytes;
  }

  /** Takes what came. Throws where it is not the protocol. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; )
      at = this.#body ? this.#readBody(this.#body, chunk, at) : this.#readLine(chunk, at);
  }

  #readLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(0x0a, from);
    const to = end < 0 ? chunk.length : end + 1;
    const part = chunk.subarray(from, to);
    const line = this.#line.length === 0 ? part : Buffer.concat([this.#line, part]);
    if (line.length > maxLineBytes) throw new Error('line is too long');
    this.#line = end < 0 ? line : Buffer.alloc(0);
    if (end >= 0) this.#hear(line.toString());
    return to;
  }

  #hear(line: string): void {
    if (!line.endsWith('\r\n')) throw new Error('line has no end');
    const text = line.slice(0, -2);
    const value = valueLine.exec(text);
    const error = errorLine.exec(text);
    if (text === 'END') this.#answers.end();
    else if (error) this.#answers.failed(error[1]);
    else if (!value) throw new Error('line is unknown');
    else {
      const bytes = Number(value[2]);
      const chunks = bytes > this.#maxValueBytes ? undefined : [];
      this.#body = { key: value[1], length: bytes + 2, chunks, have: 0 };
    }
  }

  #readBody(body: Body, chunk: Buffer, from: number): number {
    const to = Math.min(chunk.length, from + body.length - body.have);
    body.chunks?.push(chunk.subarray(from, to));
    body.have += to - from;
    if (body.have < body.length) return to;
    this.#body = undefined;
    const bytes =
      body.chunks?.length === 1 ? body.chunks[0] : body.chunks && Buffer.concat(body.chunks);
    if (bytes && !bytes.subarray(-2).equals(lineEnd)) throw new Error('value has no end');
    this.#answers.value(body.key, bytes?.subarray(0, -2));
    return to;
  }
}

const lineEnd = Buffer.from('\r\n');
