import type { KubeNode } from "../../domain/agent/kube-pod.ts";
import type { Informer } from "../../runtime/informer/informer.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { AgentService } from "./agent-service.ts";

export interface FleetAgent {
  readonly service: AgentService;
  /** The node's object changed. */
  readonly nodeChanged: () => void;
  /** The node is gone: lets go of what was shared. */
  readonly release: () => void;
}

export interface FleetParts {
  /** The nodes this process plays agents for; synced before `run`. */
  readonly nodes: Informer<KubeNode>;
  readonly logger: Logger;
  readonly compose: (nodeName: string) => FleetAgent;
}

/** One agent per node of a cache, in one process: an agent begins with its node and ends with it. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #agents = new Map<string, FleetAgent & { readonly stop: AbortController }>();
  #signal: AbortSignal = AbortSignal.abort();

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  services(): readonly AgentService[] {
    return [...this.#agents.values()].map(({ service }) => service);
  }

  /** Ready when every agent is; a fleet without nodes is. */
  get ready(): boolean {
    return this.services().every((service) => service.ready);
  }

  get recovered(): boolean {
    return this.services().every((service) => service.recovered);
  }

  /** Follows the nodes until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const unfollow = this.#parts.nodes.onChange(({ kind, object }) => {
      const { name } = object.metadata;
      if (kind === "deleted") this.#end(name);
      else if (this.#agents.has(name)) this.#agents.get(name)?.nodeChanged();
      else this.#begin(name);
    });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    unfollow();
  }

  /** Every agent says goodbye; tasks go on. */
  async goodbye(reason: "restart" | "drain" | "remove", withinMs: number): Promise<void> {
    await Promise.all(this.services().map((service) => service.goodbye(reason, withinMs)));
  }

  #begin(nodeName: string): void {
    const agent = this.#parts.compose(nodeName);
    const stop = new AbortController();
    this.#agents.set(nodeName, { ...agent, stop });
    agent.service.run(AbortSignal.any([this.#signal, stop.signal])).catch((error: unknown) => {
      this.#parts.logger.error("the agent of a node failed", { name: nodeName, error });
      this.#end(nodeName);
    });
  }

  #end(nodeName: string): void {
    const agent = this.#agents.get(nodeName);
    this.#agents.delete(nodeName);
    agent?.stop.abort();
    agent?.release();
  }
}
