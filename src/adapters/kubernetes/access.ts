import type { Clock } from "../../runtime/ports/clock.ts";

/** What a TLS handshake needs; all optional, so that plain HTTP on loopback works too. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface Credentials {
  /** Value of the Authorization header. */
  readonly authorization?: string;
  readonly tls: TlsMaterial;
}

/** Where the API server is and how to be let in. */
export interface ClusterAccess {
  /** e.g. `https://10.96.0.1:443`, without a trailing slash. */
  readonly server: string;
  readonly proxyUrl?: string;
  /** The namespace of our own pod, or of the kubeconfig's context. */
  readonly namespace: string;
  /** The credentials now; renewed in the background when older than 60 s, so that no call waits for a file. */
  credentials(): Credentials;
  /** Reads the credentials anew, after the server refused them. */
  refresh(): Promise<void>;
}

const CREDENTIALS_AGE_MAX_MS = 60_000;

/** Credentials that are kept and read again by `load`. A failing renewal keeps the old ones until the server refuses them. */
export class RenewingAccess implements ClusterAccess {
  readonly server: string;
  readonly namespace: string;
  readonly proxyUrl?: string;
  readonly #clock: Clock;
  readonly #load: () => Promise<Credentials>;
  #credentials: Credentials;
  #loadedAtMs: number;
  #loading: Promise<void> | undefined;

  private constructor(where: RenewingAccessOptions, first: Credentials) {
    this.server = where.server.replace(/\/+$/, "");
    this.namespace = where.namespace;
    if (where.proxyUrl !== undefined) this.proxyUrl = where.proxyUrl;
    this.#clock = where.clock;
    this.#load = where.load;
    this.#credentials = first;
    this.#loadedAtMs = where.clock.monotonicMs();
  }

  /** @throws what the first `load` throws. */
  static async open(where: RenewingAccessOptions): Promise<RenewingAccess> {
    return new RenewingAccess(where, await where.load());
  }

  credentials(): Credentials {
    if (this.#clock.monotonicMs() - this.#loadedAtMs > CREDENTIALS_AGE_MAX_MS) {
      this.refresh().catch(() => undefined);
    }
    return this.#credentials;
  }

  refresh(): Promise<void> {
    this.#loading ??= this.#load()
      .then((fresh) => {
        this.#credentials = fresh;
      })
      .finally(() => {
        this.#loadedAtMs = this.#clock.monotonicMs();
        this.#loading = undefined;
      });
    return this.#loading;
  }
}

export interface RenewingAccessOptions {
  readonly server: string;
  readonly namespace: string;
  readonly proxyUrl?: string;
  readonly clock: Clock;
  readonly load: () => Promise<Credentials>;
}
