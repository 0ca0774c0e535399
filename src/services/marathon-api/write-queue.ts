const WAITING_MAX = 1_000;

/** One change at a time, in the order of arrival; a change that fails does not stop the next. */
export class WriteQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** True when so many changes wait that another one is better refused. */
  get isFull(): boolean {
    return this.#waiting >= WAITING_MAX;
  }

  async run<T>(change: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const turn = this.#last.then(change, change);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}
