import type { GatedPod, GatedPodSpec, RuledNode } from "../../../src/domain/admission/kube-view.ts";
import { ADMISSION_GATE } from "../../../src/domain/admission/names.ts";

export interface PodParts {
  readonly name?: string;
  readonly uid?: string;
  readonly namespace?: string;
  readonly resourceVersion?: string;
  readonly createdAt?: string;
  readonly deletedAt?: string;
  readonly role?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly cpu?: string;
  readonly memory?: string;
  readonly gated?: boolean;
  readonly nodeName?: string;
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed";
  /** The class is read by the API server, which writes the priority. */
  readonly spec?: Partial<GatedPodSpec> & { readonly priorityClassName?: string };
}

/** A gated pod of pool `mesos`, cpu 1 and 32 MiB; overrides for all that matters. */
export function makeGatedPod(parts: PodParts = {}): GatedPod {
  const { name = "web-1", gated = true, phase = "Pending" } = parts;
  const annotations = {
    ...(parts.role === undefined ? {} : { "orchestrator.io/role": parts.role }),
    ...parts.annotations,
  };
  return {
    metadata: {
      name,
      namespace: parts.namespace ?? "default",
      uid: parts.uid ?? `uid-${name}`,
      resourceVersion: parts.resourceVersion ?? "1",
      creationTimestamp: parts.createdAt ?? "2026-01-01T00:00:00Z",
      ...(parts.deletedAt === undefined ? {} : { deletionTimestamp: parts.deletedAt }),
      labels: { "orchestrator.io/pool": "mesos", ...parts.labels },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      containers: [
        {
          name: "main",
          resources: { requests: { cpu: parts.cpu ?? "1", memory: parts.memory ?? "32Mi" } },
        },
      ],
      ...(gated ? { schedulingGates: [{ name: ADMISSION_GATE }] } : {}),
      ...(parts.nodeName === undefined ? {} : { nodeName: parts.nodeName }),
      ...parts.spec,
    },
    status: { phase },
  };
}

/** A node whose hostname label is its name. */
export function makeRuledNode(
  name: string,
  parts: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly spec?: RuledNode["spec"];
  } = {},
): RuledNode {
  return {
    metadata: {
      name,
      uid: `uid-${name}`,
      labels: { "kubernetes.io/hostname": name, ...parts.labels },
    },
    ...(parts.spec === undefined ? {} : { spec: parts.spec }),
  };
}
