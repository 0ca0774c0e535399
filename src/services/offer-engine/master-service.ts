import type { FrameworkId } from "../../api/ids/ids.ts";
import { Allocator } from "../../domain/allocator/allocator.ts";
import { allocatorDefaults, type AllocatorOptions } from "../../domain/allocator/options.ts";
import type { MasterFacts } from "../../domain/mesos/views/master-facts.ts";
import type { Election, Term } from "../../runtime/leader/term.ts";
import type { AuditLog } from "../../runtime/ports/audit-log.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { HttpHandler } from "../../runtime/ports/http-exchange.ts";
import type { LogControl, Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { EngineLimits } from "./core/context.ts";
import { OfferEngine } from "./core/engine.ts";
import { AgentApi, type AgentGate } from "./http/agent-api.ts";
import type { Acls } from "../../domain/authorization/acls.ts";
import { NO_RATE_LIMITS, type RateLimits } from "../../domain/rate-limits/rate-limits.ts";
import type { Authentication } from "./http/authentication.ts";
import { Door } from "./http/door.ts";
import type { Leadership } from "./http/leadership.ts";
import { LegacyApi } from "./http/legacy-api.ts";
import { type ExtraRoutes, MasterApi } from "./http/master-api.ts";
import { OperatorApi } from "./http/operator-api.ts";
import { RateLimiter } from "./http/rate-limiter.ts";
import { ReadCache } from "./http/read-cache.ts";
import { SchedulerApi } from "./http/scheduler-api.ts";
import type {
  ClusterConfigSource,
  ClusterConfigWriter,
  PodAdmissionPort,
  Registry,
} from "./ports.ts";
import type { RaisedTerm } from "./election/publication.ts";
import { EngineHost } from "./serve/engine-host.ts";
import { PodInputs } from "./serve/pod-inputs.ts";
import { MasterLog } from "./serve/master-log.ts";
import { type Advertised, leaderAddressOf, masterInfoOf } from "./serve/master-info.ts";
import { raiseTerm, readRecords } from "./serve/registry-reader.ts";
import { RegistryWriter } from "./serve/registry-writer.ts";

export interface MasterServiceParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The log of this process, for operators; undefined: it is neither read nor set through the API. */
  readonly log?: LogControl;
  readonly registry: Registry;
  readonly configSource: ClusterConfigSource;
  /** Writes of one term to what `configSource` reads; undefined: operators change nothing through this master. */
  readonly configWriter?: (term: Term) => ClusterConfigWriter;
  /** Admission of pods for one term; undefined: only frameworks. */
  readonly pods?: (term: Term) => PodAdmissionPort;
  readonly podsFrameworkId?: FrameworkId;
  /** Undefined: the only master there is. */
  readonly election?: Pick<Election, "leader">;
  /** Id of this master in its first term, where something shows it before; undefined: a new one. */
  readonly masterId?: string;
  /** Hears that the Registry holds this master's term: from now on it may be shown as the leader. */
  readonly onTermRaised?: (raised: RaisedTerm) => void;
  readonly advertised: Advertised;
  /** `x.y.z`, digits only. */
  readonly version: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly authentication: Authentication;
  /** Those that hold now; default none. */
  readonly rateLimits?: () => RateLimits;
  readonly audit?: AuditLog;
  readonly agentGate?: AgentGate;
  readonly lenientInput: boolean;
  readonly hasTrailingBeat: boolean;
  readonly allocation?: Partial<Omit<AllocatorOptions, "podsFrameworkId" | "recover">>;
  readonly limits?: Partial<EngineLimits>;
  readonly extraRoutes?: ExtraRoutes;
}

/** Agents that must be back after a failover before quota roles let anything be offered, and for how long at most. */
const RECOVERY = { factor: 0.8, timeoutMs: 600_000 };

const NO_AUDIT: AuditLog = { write: () => undefined };

/**
 * A master, leading or not: its HTTP interface is always there, `run` makes it lead for one term.
 * Acquire → raise the term → read the Registry (503 until then) → serve → agents and frameworks return.
 */
export class MasterService {
  readonly name = "offer-engine";
  readonly handler: HttpHandler;
  readonly #parts: MasterServiceParts;
  readonly #startedMs: number;
  #leadership: Leadership | undefined;
  #electedMs = 0;
  #masterId: string;
  #hasLed = false;

  constructor(parts: MasterServiceParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.nowMs();
    this.#masterId = parts.masterId ?? parts.random.uuid();
    this.handler = this.#makeApi();
  }

  /** What this master may answer now. */
  leadership(): Leadership {
    if (this.#leadership !== undefined) return this.#leadership;
    const leader = leaderAddressOf(this.#parts.election?.leader() ?? "");
    const { hostname, port } = this.#parts.advertised;
    // Right after an election the record names us while `run` has not begun.
    const isSelf = leader?.hostname === hostname && leader.port === port;
    return isSelf ? { kind: "recovering" } : { kind: "standby", leader };
  }

  /** Leads until the signal aborts; everything of the term is ended when it resolves. @throws when the Registry fails. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const { registry, clock, random, logger } = this.#parts;
    this.#leadership = { kind: "recovering" };
    // Ids of frameworks, agents and offers begin with it: never twice.
    if (this.#hasLed || this.#parts.masterId === undefined) this.#masterId = random.uuid();
    this.#hasLed = true;
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    let host: EngineHost | undefined;
    try {
      const raised = await raiseTerm(registry, term.number, this.#masterId);
      const number = raised.term;
      this.#parts.onTermRaised?.({
        info: this.#masterInfo(),
        earlierMasterIds: raised.earlierMasterIds,
      });
      const fenced: Term = { number, isCurrent: () => term.isCurrent(), signal: term.signal };
      const writer = new RegistryWriter(registry, fenced, clock, (error) => {
        failed.reject(error);
      });
      const pods = this.#parts.pods?.(fenced);
      const engine = this.#makeEngine(number, await readRecords(registry));
      host = new EngineHost({
        engine,
        term: fenced,
        clock,
        random,
        logger,
        writer,
        configSource: this.#parts.configSource,
        configWriter: this.#parts.configWriter?.(fenced),
        pods,
        hasTrailingBeat: this.#parts.hasTrailingBeat,
      });
      host.start();
      this.#electedMs = clock.nowMs();
      this.#leadership = { kind: "leading", host };
      logger.info("This master leads.", { term: number });
      if (pods !== undefined) await this.#startPods(pods, host, signal);
      await Promise.race([aborted(signal), aborted(term.signal), failed.promise]);
      // Streams end first: nothing new is to be written, what was asked for still is.
      host.stop();
      this.#leadership = undefined;
      await Promise.allSettled([writer.settled()]);
    } finally {
      this.#leadership = undefined;
      host?.stop();
    }
  }

  /** Agents may come while pods are told; nothing is offered before all are known. */
  async #startPods(pods: PodAdmissionPort, host: EngineHost, signal: AbortSignal): Promise<void> {
    await pods.start(new PodInputs(host), signal);
    host.advance({ kind: "podsKnown" });
  }

  #makeEngine(term: number, records: Awaited<ReturnType<typeof readRecords>>): OfferEngine {
    const { clock, random, configSource, podsFrameworkId, limits } = this.#parts;
    const seed = this.#parts.allocation?.seed ?? Math.floor(random.next() * 2 ** 32);
    const options: AllocatorOptions = {
      ...allocatorDefaults,
      ...this.#parts.allocation,
      seed,
      recover: { expectedAgents: records.agents.length, ...RECOVERY },
      ...(podsFrameworkId === undefined ? {} : { podsFrameworkId }),
    };
    this.#parts.logger.info("The allocator begins.", { term, seed });
    return new OfferEngine({
      masterId: this.#masterId,
      term,
      masterInfo: this.#masterInfo(),
      allocator: new Allocator(options),
      random,
      config: configSource.current(),
      nowMs: clock.nowMs(),
      records,
      allocationIntervalMs: options.intervalMs,
      awaitsPods: this.#parts.pods !== undefined,
      ...(podsFrameworkId === undefined ? {} : { podsFrameworkId }),
      ...(limits === undefined ? {} : { limits }),
    });
  }

  #masterInfo(): MasterFacts["masterInfo"] {
    return masterInfoOf(this.#masterId, this.#parts.advertised, this.#parts.version);
  }

  #facts(): MasterFacts {
    return {
      version: this.#parts.version,
      buildDate: "",
      buildTimeMs: 0,
      buildUser: "",
      clusterName: this.#parts.configSource.current().clusterName,
      masterInfo: this.#masterInfo(),
      startedMs: this.#startedMs,
      electedMs: this.#electedMs,
      flags: this.#parts.flags,
    };
  }

  #makeApi(): MasterApi {
    const { lenientInput, clock, agentGate, extraRoutes } = this.#parts;
    const door = this.#makeDoor();
    const log = this.#parts.log === undefined ? undefined : new MasterLog(this.#parts.log, clock);
    const leadership = (): Leadership => this.leadership();
    const facts = (): MasterFacts => this.#facts();
    const nowMs = (): number => clock.nowMs();
    return new MasterApi({
      door,
      scheduler: new SchedulerApi({ leadership, door, lenientInput }),
      operator: new OperatorApi({ leadership, door, lenientInput, facts, nowMs, log }),
      agents: new AgentApi({ leadership, door, gate: agentGate }),
      legacy: new LegacyApi({
        leadership,
        door,
        facts,
        nowMs,
        cache: new ReadCache(clock),
      }),
      extra: extraRoutes ?? {},
    });
  }

  #makeDoor(): Door {
    const { authentication, configSource, clock, rateLimits, audit } = this.#parts;
    return new Door({
      authentication,
      acls: (): Acls | undefined => configSource.current().acls,
      limiter: new RateLimiter(rateLimits ?? (() => NO_RATE_LIMITS), clock),
      audit: audit ?? NO_AUDIT,
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
