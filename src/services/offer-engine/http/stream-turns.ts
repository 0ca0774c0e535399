/**
 * Keeps the calls of one stream in the order they arrived in, however long it takes to find out who makes them.
 * @see MESOS-10023, MESOS-10056
 */
export class StreamTurns {
  readonly #last = new Map<string, Promise<void>>();

  /** Calls `act` once `ready` is there and every earlier call of the stream has acted; at once where nothing is awaited. */
  inTurn<R, T>(
    stream: string | undefined,
    ready: R | Promise<R>,
    act: (ready: R) => T | Promise<T>,
  ): T | Promise<T> {
    const earlier = stream === undefined ? undefined : this.#last.get(stream);
    if (earlier === undefined && !(ready instanceof Promise)) return act(ready);
    const both = Promise.all([ready, earlier]).then(([it]) => it);
    // A turn is over when the call has acted, not when it is answered.
    const acted = both.then((it) => ({ answer: act(it) }));
    if (stream !== undefined) this.#await(stream, acted);
    return acted.then(({ answer }) => answer);
  }

  #await(stream: string, acted: Promise<unknown>): void {
    const turn: Promise<void> = acted
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        if (this.#last.get(stream) === turn) this.#last.delete(stream);
      });
    this.#last.set(stream, turn);
  }
}
