/** Reads the records of recorded video out of bytes as they arrive: a header, then pieces of its content at once. */
import type { FootageRecord } from '../../api/types.ts';

export type Event = { header: FootageRecord } | { bytes: Uint8Array<ArrayBuffer> };

const decoder = new TextDecoder();

export class RecordReader {
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #left = 0;

  /** What these bytes complete: headers, and content of the record that is open. */
  *take(chunk: Uint8Array<ArrayBuffer>): Generator<Event> {
    let data = chunk;
    if (this.#rest.length) {
      data = new Uint8Array(this.#rest.length + chunk.length);
      data.set(this.#rest);
      data.set(chunk, this.#rest.length);
      this.#rest = new Uint8Array(0);
    }
    let at = 0;
    for (;;) {
      if (this.#left > 0) {
        const some = data.subarray(at, at + this.#left);
        if (!some.length) return;
        at += some.length;
        this.#left -= some.length;
        yield { bytes: some };
        continue;
      }
      const size = data.length - at >= 4 ? new DataView(data.buffer, data.byteOffset + at).getUint32(0) : Infinity;
      if (data.length - at < 4 + size) {
        this.#rest = data.slice(at);
        return;
      }
      const header = JSON.parse(decoder.decode(data.subarray(at + 4, at + 4 + size))) as FootageRecord;
      at += 4 + size;
      this.#left = header.bytes;
      yield { header };
    }
  }
}
