import { type Coding, encode } from './coding.ts';

/** A text that is the same for everybody who asks: each coding of it is made once. */
export class FixedText {
  readonly text: string;
  readonly #coded = new Map<Coding, Uint8Array>();

  constructor(text: string) {
    this.text = text;
  }

  coded(coding: Coding): Uint8Array {
    const known = this.#coded.get(coding);
    if (known !== undefined) return known;
    const made = encode(this.text, coding);
    this.#coded.set(coding, made);
    return made;
  }
}
