import type { AllocatorOptions } from "./options.ts";

/**
 * Whether runs may happen. After a failover with any quota set nothing is offered before
 * ⌊expected × factor⌋ agents are back or the timeout passed: with few agents known, guarantees would
 * look unmet and everybody else would starve.
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp `recover`
 */
export class RecoveryGate {
  readonly #agentsNeeded: number;
  readonly #timeoutMs: number | undefined;
  #isPaused = false;
  #isRecovering: boolean;
  #untilMs: number | undefined;

  constructor(options: AllocatorOptions) {
    const { recover } = options;
    this.#agentsNeeded =
      recover === undefined ? 0 : Math.floor(recover.expectedAgents * recover.factor);
    this.#timeoutMs = recover?.timeoutMs;
    this.#isRecovering = this.#agentsNeeded > 0;
  }

  /** When recovery ends without the agents; undefined = it is over, or has no end yet. */
  get dueMs(): number | undefined {
    return this.#isRecovering ? this.#untilMs : undefined;
  }

  /** As far as it was asked last: no runs now. */
  get isShut(): boolean {
    return this.#isPaused || this.#isRecovering;
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Also ends recovery: whoever resumes by hand knows better. */
  resume(): void {
    this.#isPaused = false;
    this.#isRecovering = false;
  }

  isOpen(agents: number, hasQuota: boolean, nowMs: number): boolean {
    if (this.#isPaused) return false;
    if (!this.#isRecovering) return true;
    if (this.#timeoutMs !== undefined) this.#untilMs ??= nowMs + this.#timeoutMs;
    const isOver =
      !hasQuota || agents >= this.#agentsNeeded || nowMs >= (this.#untilMs ?? Infinity);
    if (isOver) this.#isRecovering = false;
    return isOver;
  }
}
