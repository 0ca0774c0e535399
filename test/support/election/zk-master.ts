import { startHttpServer } from "../../../src/adapters/http/http-server.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { NzcElectionStore } from "../../../src/adapters/zookeeper/nzc/nzc-election-store.ts";
import { LeaseElection } from "../../../src/runtime/leader/lease-election.ts";
import { MASTER_TIMING } from "../../../src/runtime/leader/lease-timing.ts";
import type { Election, Term } from "../../../src/runtime/leader/term.ts";
import { Manager } from "../../../src/runtime/manager/manager.ts";
import type { HttpHandler } from "../../../src/runtime/ports/http-exchange.ts";
import { MASTER_DEFAULTS } from "../mesos/master-defaults.ts";
import { BothElections } from "../../../src/services/offer-engine/election/both-elections.ts";
import { Publication } from "../../../src/services/offer-engine/election/publication.ts";
import { SessionElection } from "../../../src/services/offer-engine/election/session-election.ts";
import type { SessionTiming } from "../../../src/services/offer-engine/election/session-timing.ts";
import { MasterService } from "../../../src/services/offer-engine/master-service.ts";
import {
  electionIdentity,
  masterInfoOf,
} from "../../../src/services/offer-engine/serve/master-info.ts";
import { RegistryConfig } from "../../../src/services/offer-engine/serve/registry-config.ts";
import { MemoryLeaseStore } from "../kubernetes/memory-lease-store.ts";
import { makeClusterConfig } from "../mesos/cluster-config.ts";
import type { MemoryRegistry } from "../mesos/memory-registry.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";
import { SeededRandom } from "../seeded-random.ts";
import { LeadershipRecord } from "./leadership-record.ts";

/** What a master needs to lead, as its flag `--election` has it. */
export type ElectedBy = "lease" | "both" | "zookeeper";

export interface ZkMasterOptions {
  readonly name: string;
  /** Default: zookeeper. */
  readonly electedBy?: ElectedBy;
  /** The Lease of the cluster, for masters that need it. */
  readonly leases?: MemoryLeaseStore;
  readonly servers: readonly string[];
  readonly path: string;
  readonly timing: SessionTiming;
  /** Shared by the masters of a cluster. */
  readonly registry: MemoryRegistry;
  /** Of the cluster; default: nobody reads it. */
  readonly record?: LeadershipRecord;
}

/** A whole master of this process: HTTP, engine, election, publication, put together as the process does it. */
export class ZkMaster {
  readonly name: string;
  readonly port: number;
  readonly service: MasterService;
  readonly election: Election;
  /** How the process would have ended; undefined while it runs. */
  exitCode: number | undefined;
  readonly terms: Term[];
  readonly ended: Promise<number>;
  readonly #stop: AbortController;

  private constructor(parts: {
    readonly name: string;
    readonly port: number;
    readonly service: MasterService;
    readonly election: Election;
    readonly terms: Term[];
    readonly ended: Promise<number>;
    readonly stop: AbortController;
  }) {
    this.name = parts.name;
    this.port = parts.port;
    this.service = parts.service;
    this.election = parts.election;
    this.terms = parts.terms;
    this.#stop = parts.stop;
    this.ended = parts.ended.then((code) => (this.exitCode = code));
  }

  static async start(options: ZkMasterOptions): Promise<ZkMaster> {
    const { name, servers, path, timing, registry, electedBy = "zookeeper" } = options;
    const { record = new LeadershipRecord() } = options;
    const clock = new SystemClock();
    const logger = new RecordingLogger();
    const random = new SeededRandom(name.charCodeAt(0));
    const served: { handler?: HttpHandler } = {};
    const server = await startHttpServer({
      handler: {
        bodyBytesMax: (asked) => served.handler?.bodyBytesMax(asked) ?? 0,
        handle: (request) => served.handler!.handle(request),
      },
      logger,
      host: "127.0.0.1",
      port: 0,
    });
    const advertised = { hostname: "127.0.0.1", ip: "127.0.0.1", port: server.port };
    const masterId = `master-${name}`;
    // Ends with the process; here it would contend again.
    const life = new AbortController();
    const store = new NzcElectionStore({
      servers,
      path,
      sessionMs: timing.sessionMs,
      clock,
      logger,
    });
    const parts = { name, timing, clock, logger, meter: new RecordingMeter() };
    const info = masterInfoOf(masterId, advertised, "1.11.0");
    const contends = electedBy === "zookeeper";
    const sessions = new SessionElection({ ...parts, store, info, contends });
    const lease = new LeaseElection({
      ...parts,
      store: (options.leases ?? new MemoryLeaseStore()).seenBy({}),
      identity: electionIdentity(advertised, masterId),
      timing: MASTER_TIMING,
      random,
    });
    const both = new BothElections({ lease, sessions });
    const asked: Election = { lease, both, zookeeper: sessions }[electedBy];
    const election: Election = {
      run: (callbacks, signal) => {
        const onWon = (term: Term): void => callbacks.onWon(record.won(name, term));
        return asked.run({ ...callbacks, onWon }, AbortSignal.any([signal, life.signal]));
      },
      current: () => asked.current(),
      leader: () => asked.leader(),
    };
    const target = { address: path, store };
    const publication = new Publication({ target: () => target, timing, clock, logger });
    const config = await RegistryConfig.open(registry, makeClusterConfig());
    const service = new MasterService({
      ...MASTER_DEFAULTS,
      clock,
      random,
      logger,
      registry,
      configSource: config,
      election,
      masterId,
      // Asked for with the term of the Registry, right before the master serves in it.
      configWriter: (term) => {
        record.serves(name, term);
        return config.writerOf(term);
      },
      onTermRaised: (raised) => publication.announce(raised),
      advertised,
    });
    served.handler = service.handler;
    const terms: Term[] = [];
    const noting = {
      name: "terms",
      run: (term: Term): Promise<void> => {
        terms.push(term);
        return Promise.resolve();
      },
    };
    const stop = new AbortController();
    const manager = new Manager({
      clock,
      logger,
      election,
      activities: [service, noting, ...(electedBy === "lease" ? [publication] : [])],
    });
    const ended = manager.run(stop.signal);
    void ended.then(() => {
      life.abort();
      return server.close();
    });
    return new ZkMaster({ name, port: server.port, service, election, terms, ended, stop });
  }

  /** Serves as the leader right now, as far as it can know. */
  get leads(): boolean {
    const isServing = this.service.leadership().kind === "leading";
    return this.exitCode === undefined && isServing && this.terms.at(-1)?.isCurrent() === true;
  }

  /** Number of the term in the Registry under which it serves; undefined while it does not. */
  get term(): number | undefined {
    const leadership = this.service.leadership();
    return leadership.kind === "leading" ? leadership.host.engine.term : undefined;
  }

  async stop(): Promise<number> {
    this.#stop.abort();
    return this.ended;
  }
}
