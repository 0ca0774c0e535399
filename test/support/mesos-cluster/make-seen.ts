import {
  MesosClusterSpec,
  type MesosClusterSpecInput,
} from "../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import type { MesosClusterStatus } from "../../../src/api/crd/v1alpha1/mesos-cluster/status.ts";
import type { Manifest, ManifestObject } from "../../../src/domain/manifests/manifest.ts";
import type { DesiredChild } from "../../../src/domain/operator/mesos-cluster/child.ts";
import type {
  LiveChild,
  LiveNode,
  LivePod,
  OperatorSettings,
  Seen,
} from "../../../src/domain/operator/mesos-cluster/observed.ts";

export const NOW_MS = Date.parse("2026-11-21T12:00:00Z");

export const OPERATOR: OperatorSettings = {
  namespace: "orchestrator",
  serviceAccount: "orchestrator-operator",
  podSelector: { "app.kubernetes.io/component": "operator" },
  image: "orchestrator:1",
  nodeImage: "orchestrator-node:1",
  version: "1.2.3",
  inheritLabels: [],
  inheritAnnotations: [],
};

export interface SeenInput extends Partial<Omit<Seen, "cluster">> {
  readonly spec?: MesosClusterSpecInput;
  readonly status?: MesosClusterStatus;
  readonly metadata?: Partial<Seen["cluster"]["metadata"]>;
}

/** What an operator sees of the cluster `mesos` that nobody has acted on yet, with overrides. */
export function makeSeen({ spec = {}, status, metadata = {}, ...rest }: SeenInput = {}): Seen {
  const cluster = {
    metadata: {
      name: "mesos",
      namespace: "orchestrator",
      uid: "uid-mesos",
      generation: 1,
      creationTimestamp: "2026-11-21T11:00:00Z",
      ...metadata,
    },
    spec: MesosClusterSpec.parse(spec),
    ...(status === undefined ? {} : { status }),
  };
  return {
    nowMs: NOW_MS,
    operator: OPERATOR,
    children: [],
    masterPods: [],
    agentPods: [],
    operatorPods: [],
    revisions: [],
    nodes: [],
    others: [],
    unbound: [],
    ...rest,
    cluster,
  };
}

export function makePod(overrides: Partial<LivePod> & { readonly name: string }): LivePod {
  const ready = overrides.ready ?? true;
  return {
    uid: `uid-${overrides.name}`,
    labels: {},
    revision: "old",
    node: `node-${overrides.name}`,
    ready,
    readySinceMs: ready ? NOW_MS - 3_600_000 : 0,
    createdMs: NOW_MS - 3_600_000,
    deleting: false,
    ...overrides,
  };
}

export function makeNode(name: string, overrides: Partial<LiveNode> = {}): LiveNode {
  return { name, ready: true, labels: {}, ...overrides };
}

/** A desired child as the API server would hold it after it was applied. */
export function makeLive(child: DesiredChild, status: ManifestObject = {}): LiveChild {
  const manifest: Manifest = child.manifest;
  const { labels, annotations = {}, ownerReferences = [] } = manifest.metadata;
  return {
    kind: child.kind,
    name: child.name,
    uid: `uid-${child.kind}-${child.name}`,
    resourceVersion: "7",
    generation: 1,
    labels,
    annotations,
    owners: ownerReferences,
    deleting: false,
    raw: { ...manifest, status } as unknown as ManifestObject,
  };
}
