import type { Send } from '../harness/burst.ts';

const idDigits = 12;
const idStart = '"id":"';

/**
 * Makes the source of the bytes of one request after another. Fixed requests take turns; so do feedback
 * templates, whose event ids are numbered on from call to call, so that no event is a duplicate.
 */
export function createRequestSource(): (send: Send) => () => Buffer {
  const ids = { next: 1 };
  return (send) => ('requests' in send ? takeTurns(send.requests) : numberIds(send.templates, ids));
}

function takeTurns(requests: readonly string[]): () => Buffer {
  const buffers = requests.map((request) => Buffer.from(request));
  let turn = 0;
  return () => buffers[turn++ % buffers.length];
}

function numberIds(texts: readonly string[], ids: { next: number }): () => Buffer {
  const templates = texts.map((text) => ({ pattern: Buffer.from(text), places: idPlaces(text) }));
  let turn = 0;
  return () => {
    const { pattern, places } = templates[turn++ % templates.length];
    // A fresh copy each time: the bytes of the last request may still wait in its socket.
    const bytes = Buffer.from(pattern);
    for (const place of places) writeDigits(bytes, place, ids.next++);
    return bytes;
  };
}

function idPlaces(text: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(idStart); at >= 0; at = text.indexOf(idStart, at + 1)) {
    places.push(Buffer.byteLength(text.slice(0, at + idStart.length)));
  }
  return places;
}

function writeDigits(bytes: Buffer, place: number, number: number): void {
  for (let digit = idDigits - 1, rest = number; digit >= 0; digit--) {
    bytes[place + digit] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
