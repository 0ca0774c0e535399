import type { KubePod } from "../../../domain/agent/kube-pod.ts";
import type { Change, Informer } from "../../../runtime/informer/informer.ts";
import type { ObjectKey } from "../../../runtime/kube/kube-object.ts";

/** The Pods of one node, as agents read them. */
export interface NodePods {
  get(key: ObjectKey): KubePod | undefined;
  list(): readonly KubePod[];
  onChange(handler: (change: Change<KubePod>) => void): void;
}

/** Index that the Pod cache must have. */
export const NODE_INDEX = "node";
export const podIndexes = {
  [NODE_INDEX]: ({ spec }: KubePod): readonly string[] =>
    spec.nodeName === undefined ? [] : [spec.nodeName],
};

type Handler = (change: Change<KubePod>) => void;

/** Shares one cache of Pods between the agents of many nodes: a change reaches only those of its node. */
export class PodsByNode {
  readonly #pods: Informer<KubePod>;
  readonly #handlers = new Map<string, Set<Handler>>();

  constructor(pods: Informer<KubePod>) {
    this.#pods = pods;
    pods.onChange((change) => {
      const nodes = new Set([change.object.spec.nodeName]);
      if (change.kind === "updated") nodes.add(change.previous.spec.nodeName);
      for (const node of nodes) this.#tell(node, change);
    });
  }

  of(nodeName: string): NodePods {
    return {
      get: (key) => {
        const pod = this.#pods.get(key);
        return pod?.spec.nodeName === nodeName ? pod : undefined;
      },
      list: () => this.#pods.byIndex(NODE_INDEX, nodeName),
      onChange: (handler) => this.#follow(nodeName, handler),
    };
  }

  /** Ends what was asked for with `onChange` for this node. */
  forget(nodeName: string): void {
    this.#handlers.delete(nodeName);
  }

  #follow(nodeName: string, handler: Handler): void {
    const handlers = this.#handlers.get(nodeName) ?? new Set();
    handlers.add(handler);
    this.#handlers.set(nodeName, handlers);
    for (const object of this.#pods.byIndex(NODE_INDEX, nodeName)) {
      handler({ kind: "added", object, initial: true });
    }
  }

  #tell(nodeName: string | undefined, change: Change<KubePod>): void {
    for (const handler of this.#handlers.get(nodeName ?? "") ?? []) handler(change);
  }
}
