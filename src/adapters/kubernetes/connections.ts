import { Pool, ProxyAgent, type Dispatcher } from "undici";
import type { ClusterAccess, TlsMaterial } from "./access.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const BODY_IDLE_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 60_000;
/** Largest answer that is read whole. A watch is a stream and bounded per line instead. */
export const RESPONSE_MAX_BYTES = 64 * 1024 * 1024;

export interface ConnectionLimits {
  /** Connections for calls; watches have one socket each beside them. */
  readonly callsMax: number;
}

/** The sockets of one process to the API server: a pool for calls and one for watches. Rebuilt when the TLS identity changes. */
export class Connections {
  readonly #access: ClusterAccess;
  readonly #limits: ConnectionLimits;
  #tls: TlsMaterial | undefined;
  #calls: Dispatcher | undefined;
  #watches: Dispatcher | undefined;
  #identity = "";

  constructor(access: ClusterAccess, limits: ConnectionLimits) {
    this.#access = access;
    this.#limits = limits;
  }

  calls(): Dispatcher {
    this.#follow();
    return (this.#calls ??= this.#open(this.#limits.callsMax, RESPONSE_MAX_BYTES));
  }

  watches(): Dispatcher {
    this.#follow();
    return (this.#watches ??= this.#open(undefined, undefined));
  }

  /** Ends idle sockets at once and busy ones without waiting for their answers. */
  async close(): Promise<void> {
    await Promise.all([this.#calls?.destroy(), this.#watches?.destroy()]);
  }

  #follow(): void {
    const { tls } = this.#access.credentials();
    if (tls === this.#tls) return;
    this.#tls = tls;
    const identity = JSON.stringify(tls);
    if (identity === this.#identity) return;
    this.#identity = identity;
    // Calls under way end on their old sockets.
    this.#calls?.close().catch(() => undefined);
    this.#watches?.close().catch(() => undefined);
    this.#calls = undefined;
    this.#watches = undefined;
  }

  #open(connections: number | undefined, responseMaxBytes: number | undefined): Dispatcher {
    const { server, proxyUrl } = this.#access;
    const tls = this.#tls ?? {};
    const common = {
      connections: connections ?? null,
      pipelining: 1,
      allowH2: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      bodyTimeout: BODY_IDLE_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxResponseSize: responseMaxBytes ?? -1,
    };
    if (proxyUrl !== undefined) {
      return new ProxyAgent({ ...common, uri: proxyUrl, requestTls: tls });
    }
    return new Pool(new URL(server).origin, {
      ...common,
      connect: {
        ...tls,
        timeout: CONNECT_TIMEOUT_MS,
        keepAlive: true,
        keepAliveInitialDelay: 15_000,
      },
    });
  }
}
