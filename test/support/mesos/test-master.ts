import { startHttpServer } from "../../../src/adapters/http/http-server.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { ETERNAL_TERM } from "../../../src/runtime/leader/eternal-term.ts";
import type { HttpHandler } from "../../../src/runtime/ports/http-exchange.ts";
import { MASTER_DEFAULTS } from "./master-defaults.ts";
import {
  MasterService,
  type MasterServiceParts,
} from "../../../src/services/offer-engine/master-service.ts";
import type { ClusterConfig } from "../../../src/services/offer-engine/ports.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { SeededRandom } from "../seeded-random.ts";
import { FixedConfigSource, makeClusterConfig } from "./cluster-config.ts";
import { MemoryRegistry } from "./memory-registry.ts";

export interface TestMaster {
  readonly port: number;
  readonly service: MasterService;
  readonly config: FixedConfigSource;
  readonly registry: MemoryRegistry;
  /** The next leader, at the same address, of the same registry. */
  failover(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestMasterOptions {
  readonly config?: Partial<ClusterConfig>;
  readonly parts?: Partial<MasterServiceParts>;
  readonly registry?: MemoryRegistry;
  /** False: the server answers, nobody leads. */
  readonly leads?: boolean;
}

/** A master on a free port of this machine, in real time. */
export async function startTestMaster(options: TestMasterOptions = {}): Promise<TestMaster> {
  const config = new FixedConfigSource(makeClusterConfig(options.config));
  const registry = options.registry ?? new MemoryRegistry();
  const logger = new RecordingLogger();
  const served: { handler?: HttpHandler } = {};
  const server = await startHttpServer({
    handler: {
      bodyBytesMax: (path) => served.handler?.bodyBytesMax(path) ?? 0,
      handle: (request) => served.handler!.handle(request),
    },
    logger,
    host: "127.0.0.1",
    port: 0,
  });
  let leaders = 0;
  const makeService = (): MasterService =>
    new MasterService({
      ...MASTER_DEFAULTS,
      clock: new SystemClock(),
      // Each leader has ids of its own.
      random: new SeededRandom(++leaders),
      logger,
      registry,
      configSource: config,
      advertised: { hostname: "localhost", ip: "127.0.0.1", port: server.port },
      ...options.parts,
    });
  let service = makeService();
  let stop = new AbortController();
  let running = Promise.resolve();
  const lead = async (): Promise<void> => {
    served.handler = service.handler;
    if (options.leads === false) return;
    stop = new AbortController();
    running = service.run(ETERNAL_TERM, stop.signal);
    while (service.leadership().kind !== "leading") {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const resign = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  await lead();
  return {
    port: server.port,
    get service() {
      return service;
    },
    config,
    registry,
    failover: async () => {
      await resign();
      service = makeService();
      await lead();
    },
    stop: async () => {
      await resign();
      await server.close();
    },
  };
}
