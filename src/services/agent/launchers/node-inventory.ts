import type { PoolPod } from "../../../api/agent-link/pool-pod.ts";
import type { Attribute } from "../../../api/mesos/value.ts";
import { nodeAttributes } from "../../../domain/agent/attributes.ts";
import { computeInventory, type InventoryRules } from "../../../domain/agent/inventory.ts";
import type { KubeNode } from "../../../domain/agent/kube-pod.ts";
import { writeResources } from "../../../domain/mesos/wire-resources.ts";
import type { Informer } from "../../../runtime/informer/informer.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type { NodePods } from "./pods-by-node.ts";
import type { AgentInventory, InventorySource } from "../ports.ts";

export interface NodeInventoryParts {
  readonly nodeName: string;
  readonly nodes: Informer<KubeNode>;
  readonly pods: NodePods;
  readonly rules: InventoryRules;
  readonly attributes: readonly Attribute[];
  readonly attributeLabels: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

const COLLECT_MS = 250;
const NOTHING: AgentInventory = { total: [], attributes: [], poolPods: [], unschedulable: true };

/** What one Kubernetes node offers, from the caches of its Node and Pods; changes are collected for 250 ms. */
export class NodeInventory implements InventorySource {
  readonly #parts: NodeInventoryParts;
  #changed: () => void = () => undefined;
  #collecting = false;
  #last: AgentInventory | undefined;

  constructor(parts: NodeInventoryParts) {
    this.#parts = parts;
    parts.pods.onChange(() => this.noteChange());
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** A node that is gone offers nothing. */
  current(): AgentInventory {
    this.#last ??= this.#compute();
    return this.#last;
  }

  /** The node changed: looked at again after the collecting time. */
  noteChange(): void {
    this.#last = undefined;
    if (this.#collecting) return;
    this.#collecting = true;
    this.#parts.clock.after(COLLECT_MS, () => {
      this.#collecting = false;
      this.#changed();
    });
  }

  #compute(): AgentInventory {
    const { nodeName, nodes, pods, rules, attributes, attributeLabels } = this.#parts;
    const node = nodes.get(nodeName);
    if (node === undefined) return NOTHING;
    const seen = computeInventory(node, pods.list(), rules);
    const region = node.metadata.labels?.["topology.kubernetes.io/region"];
    const zone = node.metadata.labels?.["topology.kubernetes.io/zone"];
    const bootId = node.status?.nodeInfo?.bootID;
    return {
      total: writeResources(seen.total, { refined: true }),
      attributes: nodeAttributes(node, attributes, attributeLabels),
      poolPods: seen.poolPods.map((pod): PoolPod => ({
        uid: pod.uid,
        namespace: pod.namespace,
        name: pod.name,
        role: pod.role,
        requests: writeResources(pod.requests, { refined: true }),
        phase: pod.phase,
      })),
      unschedulable: seen.unschedulable,
      podSlots: seen.podSlots,
      ...(node.metadata.uid === undefined ? {} : { nodeUid: node.metadata.uid }),
      ...(bootId === undefined ? {} : { bootId }),
      ...(region === undefined ? {} : { region }),
      ...(zone === undefined ? {} : { zone }),
    };
  }
}
