import type { Clock } from "../../runtime/ports/clock.ts";
import type { KubeTransport } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Meter } from "../../runtime/ports/meter.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { ClusterAccess } from "./access.ts";
import { ApiClient } from "./api-client.ts";
import { clientMetrics } from "./client-metrics.ts";
import { Connections } from "./connections.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { UndiciTransport, type FieldValidation } from "./undici-transport.ts";

export interface ConnectOptions {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Process and version, for the server's audit log. */
  readonly process: string;
  readonly version: string;
  /** `Strict` in tests, so that an unknown field fails them; default `Warn`. */
  readonly fieldValidation?: FieldValidation;
  /** Default 5,000; masters 2,000. */
  readonly writeTimeoutMs?: number;
  /** Connections for calls; default 16. An election has a connection of its own: 1. */
  readonly connectionsMax?: number;
  /** Absent: no client-side limit. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
}

export interface KubeConnection {
  readonly transport: KubeTransport;
  /** For streams (logs, exec) that share sockets, credentials and rules. */
  readonly client: ApiClient;
  readonly connections: Connections;
  /** Ends all calls and watches. */
  close(): Promise<void>;
}

/** A transport to one API server. Opens no socket before the first call. */
export function connectKubernetes(options: ConnectOptions): KubeConnection {
  const { access, clock, random, logger, meter } = options;
  const connections = new Connections(access, { callsMax: options.connectionsMax ?? 16 });
  const client = new ApiClient({
    access,
    connections,
    clock,
    random,
    logger,
    metrics: clientMetrics(meter, new URL(access.server).host),
    userAgent: `orchestrator/${options.version} (${options.process})`,
    ...(options.rate === undefined ? {} : { limiter: new RateLimiter(clock, options.rate) }),
  });
  const transport = new UndiciTransport(client, {
    fieldValidation: options.fieldValidation ?? "Warn",
    writeTimeoutMs: options.writeTimeoutMs ?? 5_000,
  });
  return { transport, client, connections, close: () => connections.close() };
}
