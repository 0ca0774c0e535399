import type { Controller } from "../controller/controller.ts";
import type { Informers } from "../informer/informers.ts";
import { ETERNAL_TERM } from "../leader/eternal-term.ts";
import type { Election, Term } from "../leader/term.ts";
import { sleep, type Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { EXIT, exitCodeOf, type ExitCode } from "./exit-codes.ts";
import type { HealthCheck, HealthChecks } from "./health.ts";

const STOP_MAX_MS = 30_000;
const QUIET_MAX_MS = 300_000;

/** Something with a beginning and an end: a server, a service. */
export interface Component {
  readonly name: string;
  /** Resolves when it is up. @throws when it cannot be. */
  start(signal: AbortSignal): Promise<void>;
  /** Resolves when it has ended; called only after a successful start. */
  stop(): Promise<void>;
}

/** Work that only the leader does; ends (drained) when the signal aborts. A {@link Controller} is one. */
export type Activity = Pick<Controller, "name" | "run">;

export interface ManagerParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Up first, closed last: health and metrics. */
  readonly servers?: readonly Component[];
  readonly informers?: Informers;
  /** Run on leader and standby alike. */
  readonly services?: readonly Component[];
  /** Absent: this process needs no election. */
  readonly election?: Election;
  readonly activities?: readonly Activity[];
  /** Last words, in order: flush events, close the transport. */
  readonly closers?: readonly (() => Promise<void>)[];
}

/**
 * The life of a process: servers → informers → services → election → activities; and back:
 * not ready → no new keys → drained → informers ended → lease released → events flushed → servers closed.
 */
export class Manager implements HealthChecks {
  readonly #parts: ManagerParts;
  readonly #logger: Logger;
  readonly #started: Component[] = [];
  /** Ends informers. */
  readonly #caches = new AbortController();
  /** Ends activities. */
  readonly #work = new AbortController();
  readonly #election = new AbortController();
  readonly #activities: Promise<void>[] = [];
  readonly #ended = Promise.withResolvers<ExitCode>();
  #electing: Promise<void> = Promise.resolve();
  #ready = false;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
    this.#logger = parts.logger.child({ component: "manager" });
  }

  /** Ready: started and not stopping; leader and standby alike. */
  readonly readiness: readonly HealthCheck[] = [
    { name: "started", failure: () => (this.#ready ? undefined : "starting or stopping") },
    {
      name: "caches",
      failure: () => {
        const behind = this.#parts.informers?.notSynced() ?? [];
        return behind.length === 0 ? undefined : `not synced: ${behind.join(", ")}`;
      },
    },
  ];

  /** Alive: reflectors, where there are any, try. An API server that is away does not fail it. */
  get liveness(): readonly HealthCheck[] {
    const { informers, clock } = this.#parts;
    if (informers === undefined) return [];
    const failure = (): string | undefined => {
      const quietMs = clock.monotonicMs() - informers.oldestActivityMs();
      return this.#ready && quietMs > QUIET_MAX_MS ? "a reflector made no attempt" : undefined;
    };
    return [{ name: "reflectors", failure }];
  }

  /** Runs until `stop` aborts, the term is lost or something fails. @returns how the process should end. */
  async run(stop: AbortSignal): Promise<ExitCode> {
    const stopped = (): void => this.#ended.resolve(EXIT.stopped);
    stop.addEventListener("abort", stopped, { once: true });
    if (stop.aborted) stopped();
    this.#start(stop).catch((error: unknown) => {
      if (stop.aborted) return;
      this.#logger.error("The process could not start.", { error });
      this.#ended.resolve(exitCodeOf(error));
    });
    const code = await this.#ended.promise;
    this.#ready = false;
    if (this.#isTermLost) return EXIT.failed;
    return this.#stopWithin(code);
  }

  #isTermLost = false;

  async #start(stop: AbortSignal): Promise<void> {
    const { servers = [], informers, services = [], election, logger } = this.#parts;
    for (const server of servers) await this.#up(server, stop);
    await informers?.start(this.#caches.signal);
    for (const service of services) await this.#up(service, stop);
    if (stop.aborted) return;
    this.#ready = true;
    logger.info("Started.");
    if (election === undefined) {
      this.#lead(ETERNAL_TERM);
      return;
    }
    this.#electing = election.run(
      {
        onWon: (term) => this.#lead(term),
        onLost: (_term, released) => {
          if (released) return;
          this.#isTermLost = true;
          this.#ended.resolve(EXIT.failed);
        },
      },
      this.#election.signal,
    );
  }

  async #up(component: Component, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await component.start(signal);
    this.#started.push(component);
  }

  #lead(term: Term): void {
    for (const activity of this.#parts.activities ?? []) {
      const running = activity.run(term, this.#work.signal).catch((error: unknown) => {
        this.#logger.error("An activity failed.", { error, name: activity.name });
        this.#ended.resolve(exitCodeOf(error));
      });
      this.#activities.push(running);
    }
  }

  async #stopWithin(code: ExitCode): Promise<ExitCode> {
    this.#logger.info("Stopping.");
    const late = new AbortController();
    const limit = sleep(this.#parts.clock, STOP_MAX_MS, late.signal).then(
      () => EXIT.failed,
      () => code,
    );
    const end = await Promise.race([this.#stop().then(() => code), limit]);
    late.abort();
    this.#logger.info("Stopped.", { outcome: String(end) });
    return end;
  }

  async #stop(): Promise<void> {
    this.#work.abort();
    await Promise.all(this.#activities);
    const services = this.#started.filter((one) => this.#parts.services?.includes(one));
    for (const service of services.reverse()) await this.#down(service);
    this.#caches.abort();
    await this.#parts.informers?.stopped();
    this.#election.abort();
    await this.#electing;
    for (const close of this.#parts.closers ?? []) {
      await close().catch((error: unknown) =>
        this.#logger.warn("A last step failed while stopping.", { error }),
      );
    }
    const servers = this.#started.filter((one) => this.#parts.servers?.includes(one));
    for (const server of servers.reverse()) await this.#down(server);
  }

  async #down(component: Component): Promise<void> {
    try {
      await component.stop();
    } catch (error) {
      this.#logger.warn("A component did not stop cleanly.", { error, name: component.name });
    }
  }
}
