import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";

export interface ChildSample {
  readonly kind: KubeKind;
  readonly desired: (namespace: string) => KubeObject;
}

const labels = {
  "app.kubernetes.io/name": "sample",
  "app.kubernetes.io/managed-by": "orchestrator",
};

const podSpec = {
  serviceAccountName: "sample",
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 35,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [
    {
      name: "main",
      image: "localhost/orchestrator:1",
      args: ["master", "--port=5050"],
      env: [
        { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "MODE", value: "a" },
      ],
      ports: [
        { name: "http", containerPort: 5050 },
        { name: "metrics", containerPort: 8443 },
      ],
      readinessProbe: { httpGet: { path: "/readyz", port: "http" }, periodSeconds: 5 },
      // Written in ways that the server writes differently.
      resources: { requests: { cpu: "1000m", memory: "1024Mi" }, limits: { memory: "1.5Gi" } },
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  ],
  volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: labels },
    },
  ],
};
const template = { metadata: { labels }, spec: podSpec };
const selector = { matchLabels: labels };

function sample(kind: KubeKind, name: string, body: object): ChildSample {
  return {
    kind,
    desired: (namespace) => ({ metadata: { name, namespace, labels }, ...body }),
  };
}

/** One child of each built-in kind that reconcilers make, with the traps: quantities, defaults, list maps, empty values. */
export const CHILD_SAMPLES: Readonly<Record<string, ChildSample>> = {
  StatefulSet: sample(KINDS.StatefulSet, "set", {
    spec: {
      serviceName: "set",
      replicas: 0,
      podManagementPolicy: "Parallel",
      selector,
      template,
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } },
        },
      ],
    },
  }),
  DaemonSet: sample(KINDS.DaemonSet, "daemons", {
    spec: { selector, template, updateStrategy: { rollingUpdate: { maxUnavailable: "10%" } } },
  }),
  Deployment: sample(KINDS.Deployment, "deployed", {
    spec: { replicas: 0, selector, template, strategy: { rollingUpdate: { maxSurge: 1 } } },
  }),
  Service: sample(KINDS.Service, "service", {
    spec: {
      selector: labels,
      publishNotReadyAddresses: true,
      ports: [
        { name: "http", port: 5050, targetPort: "http" },
        { name: "dns", port: 53, protocol: "UDP" },
      ],
    },
  }),
  ConfigMap: sample(KINDS.ConfigMap, "config", { data: { "a.json": "{}", empty: "" } }),
  PodDisruptionBudget: sample(KINDS.PodDisruptionBudget, "budget", {
    spec: { maxUnavailable: 1, selector },
  }),
  HorizontalPodAutoscaler: sample(KINDS.HorizontalPodAutoscaler, "scaler", {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "deployed" },
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
    },
  }),
  NetworkPolicy: sample(KINDS.NetworkPolicy, "network", {
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5050 }] }],
    },
  }),
  Role: sample(KINDS.Role, "role", {
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
  }),
  ServiceAccount: sample(KINDS.ServiceAccount, "sample", { automountServiceAccountToken: false }),
};
