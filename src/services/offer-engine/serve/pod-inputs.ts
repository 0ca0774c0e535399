import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { WaitingPod } from "../../../domain/allocator/pods/waiting-pod.ts";
import type { PodFeed } from "../ports.ts";
import type { EngineHost } from "./engine-host.ts";

/** What pod admission tells, as inputs of the engine. */
export class PodInputs implements PodFeed {
  readonly #host: EngineHost;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  podWaiting(pod: WaitingPod): void {
    this.#host.advance({ kind: "podWaiting", pod });
  }

  podRulesChanged(role: string): void {
    this.#host.advance({ kind: "podRulesChanged", role });
  }

  podGone(podUid: KubeUid): void {
    this.#host.advance({ kind: "podGone", podUid });
  }

  podPlaced(pod: WaitingPod, agentId: AgentId): void {
    this.#host.advance({ kind: "podPlaced", pod, agentId });
  }

  admissionFailed(podUid: KubeUid, requeue: boolean): void {
    this.#host.advance({ kind: "podAdmissionFailed", podUid, requeue });
  }

  admissionWindow(free: number): void {
    this.#host.advance({ kind: "podAdmissionWindow", free });
  }

  agentRulesChanged(agentId: AgentId): void {
    this.#host.advance({ kind: "podAgentRulesChanged", agentId });
  }

  agentOfHostname(hostname: string): AgentId | undefined {
    for (const agent of this.#host.engine.state.agents.values()) {
      if (agent.hostname === hostname) return agent.id;
    }
    return undefined;
  }

  hostnameOfAgent(agentId: AgentId): string | undefined {
    return this.#host.engine.state.agents.get(agentId)?.hostname;
  }
}
