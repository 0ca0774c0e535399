import { deadline, type CancelTimer, type Clock } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";

/** A text that somebody else keeps: a file, a key of a Secret. */
export interface TextSource {
  /** For people, e.g. `Secret ns/name`. */
  readonly name: string;
  /** undefined: it is not there. @throws when it cannot be read now. */
  read(signal: AbortSignal): Promise<string | undefined>;
}

export type ReadText<T> =
  | { readonly ok: true; readonly value: T }
  /** The message must not quote the text: it may be secret. */
  | { readonly ok: false; readonly message: string };

export interface FollowedTextParts<T> {
  readonly source: TextSource;
  readonly read: (text: string) => ReadText<T>;
  /** Until the text was read for the first time. */
  readonly first: T;
  readonly clock: Clock;
  readonly logger: Logger;
}

const LOOK_EVERY_MS = 10_000;
const READ_MAX_MS = 5_000;

/** What a text means, looked at every ten seconds. A text that cannot be read, or is gone, leaves what was read before. */
export class FollowedText<T> {
  readonly #parts: FollowedTextParts<T>;
  readonly #subscribers = new Set<() => void>();
  #value: T;
  #text: string | undefined;
  #fault = "";
  #cancel: CancelTimer = () => undefined;
  #isStopped = false;

  constructor(parts: FollowedTextParts<T>) {
    this.#parts = parts;
    this.#value = parts.first;
  }

  current(): T {
    return this.#value;
  }

  /** Calls `changed` after each change; the result ends that. */
  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => void this.#subscribers.delete(changed);
  }

  /** Resolves after the first look. What is wrong is logged, never thrown. */
  async start(): Promise<void> {
    await this.#look();
    if (this.#isStopped) return;
    this.#cancel = this.#parts.clock.after(LOOK_EVERY_MS, () => void this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { source, clock } = this.#parts;
    const limit = deadline(clock, READ_MAX_MS);
    try {
      const text = await source.read(limit.signal);
      if (this.#isStopped) return;
      if (text === undefined) this.#note("it is not there");
      else if (text === this.#text) this.#fault = "";
      else this.#take(text);
    } catch (error) {
      this.#note(error instanceof Error ? error.message : String(error));
    } finally {
      limit.done();
    }
  }

  #take(text: string): void {
    const read = this.#parts.read(text);
    if (!read.ok) {
      this.#note(read.message);
      return;
    }
    this.#fault = "";
    this.#text = text;
    this.#value = read.value;
    for (const changed of this.#subscribers) changed();
  }

  /** Once per fault: it is looked at again and again. */
  #note(fault: string): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    this.#parts.logger.error("A text cannot be read; what was read before holds.", {
      error: new Error(fault),
      name: this.#parts.source.name,
    });
  }
}
