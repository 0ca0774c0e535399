import { type Callback, type Client, createClient, Exception, State } from "node-zookeeper-client";
import { OperatingError } from "../../../api/errors/operating-error.ts";
import type { CancelTimer, Clock } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import { fromZooKeeper } from "./errors.ts";

export interface GuardedClientOptions {
  /** `host:port`, at least one. */
  readonly servers: readonly string[];
  /** Digest credentials `user:password`. */
  readonly credentials?: string;
  readonly sessionMs: number;
  /** Asked for as proof that the server answers; may be missing. */
  readonly probePath: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The library waits up to so long, by chance, when it has tried every server. */
const SPIN_DELAY_MS = 500;
/** The library's request numbers overflow at twice this. */
const REQUESTS_MAX = 2 ** 30;

/**
 * One session of node-zookeeper-client 1.1.3, with a guard for each of its known defects (spec/zookeeper.md 1.8): nothing is
 * queued while it is not connected (requests would go out before the credentials); a server that does not answer `exists` for half
 * of the session's time ends the session here, for the library never notices; so does a connection that does not come back in
 * that time, which a frame cut in two can make it do. Transactions and null data are not offered. What is left: an answer with
 * an error code that the library does not know ends the process.
 */
export class GuardedClient {
  readonly #options: GuardedClientOptions;
  readonly #client: Client;
  readonly #lost = new AbortController();
  readonly #logger: Logger;
  readonly #onConnected = new Set<() => void>();
  #isConnected = false;
  #requests = 0;
  #beats = 0;
  #cancelGiveUp: CancelTimer = () => undefined;
  #cancelBeat: CancelTimer = () => undefined;

  constructor(options: GuardedClientOptions) {
    this.#options = options;
    this.#logger = options.logger.child({ component: "zookeeper" });
    this.#client = createClient(options.servers.join(","), {
      sessionTimeout: options.sessionMs,
      spinDelay: SPIN_DELAY_MS,
      retries: 0,
    });
    if (options.credentials !== undefined) {
      this.#client.addAuthInfo("digest", Buffer.from(options.credentials));
    }
    this.#client.on("state", (state: unknown) => this.#entered(state));
  }

  /** Aborts when the session is over, whoever said so. The reason is an {@link OperatingError}. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Granted by the ensemble; what was asked for until connected. */
  get timeoutMs(): number {
    return this.#client.getSessionTimeout();
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Calls `note` whenever the connection came back: what happened meanwhile may not have been told. */
  onReconnected(note: () => void): void {
    this.#onConnected.add(note);
  }

  /** Resolves when there is a session. @throws {OperatingError} ZK_CONNECTION_LOSS when there is none in a session's time. */
  connect(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        signal.removeEventListener("abort", onAbort);
        this.lost.removeEventListener("abort", onLost);
        this.#onConnected.delete(onConnected);
      };
      const onConnected = (): void => {
        settle();
        resolve();
      };
      const onLost = (): void => {
        settle();
        reject(this.lost.reason as Error);
      };
      const onAbort = (): void => {
        settle();
        this.#end(connectionLoss("stopped while connecting"));
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", onAbort);
      this.lost.addEventListener("abort", onLost);
      this.#onConnected.add(onConnected);
      this.#awaitConnection();
      this.#client.connect();
      if (signal.aborted) onAbort();
    });
  }

  /** One call of the library; `path` is named in errors. */
  call<T>(
    name: string,
    path: string,
    make: (client: Client, done: Callback<T>) => void,
  ): Promise<T> {
    if (this.lost.aborted) return Promise.reject(this.lost.reason as Error);
    if (!this.#isConnected) return Promise.reject(connectionLoss(`${name} ${path}: not connected`));
    this.#requests += 1;
    if (this.#requests > REQUESTS_MAX) {
      this.#end(sessionOver("the library's request numbers are used up"));
      return Promise.reject(this.lost.reason as Error);
    }
    return new Promise((resolve, reject) => {
      const onLost = (): void => reject(this.lost.reason as Error);
      this.lost.addEventListener("abort", onLost, { once: true });
      make(this.#client, (error, value) => {
        this.lost.removeEventListener("abort", onLost);
        if (error === null || error === undefined) {
          resolve(value);
          return;
        }
        const failure = fromZooKeeper(error, name, path);
        reject(failure);
        if (error.code === Exception.SESSION_EXPIRED) this.#end(failure);
      });
    });
  }

  /** Tells the ensemble that the session is over, if it can, and ends the client. */
  async close(): Promise<void> {
    if (this.lost.aborted) return;
    if (this.#isConnected) await this.#sayGoodbye();
    this.#end(sessionOver("closed"));
  }

  #sayGoodbye(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(this.timeoutMs / 3, resolve);
      this.#client.on("state", () => {
        cancel();
        resolve();
      });
      this.#client.close();
    });
  }

  #entered(state: unknown): void {
    if (this.lost.aborted) return;
    switch (state) {
      case State.SYNC_CONNECTED:
        this.#isConnected = true;
        this.#cancelGiveUp();
        this.#beat();
        for (const note of [...this.#onConnected]) note();
        return;
      case State.EXPIRED:
        this.#end(sessionOver("the ensemble says so"));
        return;
      case State.AUTH_FAILED:
        this.#end(new OperatingError("ZK_AUTH_FAILED", "the ensemble refuses the credentials"));
        return;
      default:
        this.#isConnected = false;
        this.#cancelBeat();
        this.#awaitConnection();
    }
  }

  /** The session is given up when no connection comes in its time. */
  #awaitConnection(): void {
    this.#cancelGiveUp();
    this.#cancelGiveUp = this.#options.clock.after(this.timeoutMs, () => {
      this.#end(connectionLoss(`no connection in ${this.timeoutMs} ms`));
    });
  }

  /**
   * Asks every third of the session's time; an answer that takes half of it ends the session: five sixths after the last question
   * that was answered, and so before the ensemble can end it.
   */
  #beat(): void {
    const { clock, probePath } = this.#options;
    const periodMs = this.timeoutMs / 3;
    const startMs = clock.monotonicMs();
    this.#beats += 1;
    const beat = this.#beats;
    const limitMs = this.timeoutMs / 2;
    const cancelLimit = clock.after(limitMs, () => {
      this.#end(sessionOver(`no answer in ${limitMs} ms`));
    });
    this.#cancelBeat = cancelLimit;
    this.#client.exists(probePath, () => {
      cancelLimit();
      // An answer that a broken connection owed may come with the next one, which has its own.
      if (!this.#isConnected || beat !== this.#beats) return;
      const restMs = startMs + periodMs - clock.monotonicMs();
      this.#cancelBeat = clock.after(restMs, () => this.#beat());
    });
  }

  #end(reason: OperatingError): void {
    if (this.lost.aborted) return;
    this.#isConnected = false;
    this.#cancelGiveUp();
    this.#cancelBeat();
    discard(this.#client);
    this.#logger.debug("The session is over.", { reason: reason.message });
    this.#lost.abort(reason);
  }
}

const connectionLoss = (message: string): OperatingError =>
  new OperatingError("ZK_CONNECTION_LOSS", message);
const sessionOver = (message: string): OperatingError =>
  new OperatingError("ZK_SESSION_EXPIRED", `the session is over: ${message}`);

/** Ends a client that would try to connect for ever: also a connection that it makes after this is closed at once. */
function discard({ connectionManager: manager }: Client): void {
  manager.connect = () => undefined;
  manager.onSocketConnected = () => manager.socket?.destroy();
  if (manager.connectTimeoutHandler !== null) clearTimeout(manager.connectTimeoutHandler);
  manager.socket?.destroy();
}
