/**
 * Keys with a moment each, the earliest first. A binary heap with lazy deletion: moving a deadline
 * (a lock renewal) leaves the old entry behind, and it is skipped when it surfaces.
 */
export class Deadlines<Key> {
  readonly #moments = new Map<Key, number>();
  readonly #heap: { at: number; key: Key }[] = [];

  set(key: Key, at: number): void {
    if (this.#moments.get(key) === at) return;
    this.#moments.set(key, at);
    this.#heap.push({ at, key });
    this.#rise(this.#heap.length - 1);
  }

  delete(key: Key): void {
    this.#moments.delete(key);
    if (this.#moments.size === 0) this.#heap.length = 0;
  }

  /** The earliest deadline in milliseconds, undefined when there is none. */
  next(): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#moments.get(top.key) === top.at) return top.at;
      this.#pop();
    }
    return undefined;
  }

  /** Removes and returns every key whose moment has come. */
  takeDue(now: number): Key[] {
    const due: Key[] = [];
    for (let at = this.next(); at !== undefined && at <= now; at = this.next()) {
      const top = this.#pop();
      if (top === undefined) break;
      this.#moments.delete(top.key);
      due.push(top.key);
    }
    return due;
  }

  #pop(): { at: number; key: Key } | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (top !== undefined && last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return top;
  }

  #at(index: number): number {
    return this.#heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (this.#at(parent) <= this.#at(index)) return;
      this.#swap(parent, index);
      index = parent;
    }
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const smaller = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      if (this.#at(smaller) >= this.#at(index)) return;
      this.#swap(smaller, index);
      index = smaller;
    }
  }
}
