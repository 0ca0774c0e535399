/** What is built together, kept together in the cache, and asked for by name. */
export interface BinaryUnit {
  readonly id: UnitId;
  readonly group: BinaryGroup;
  readonly source: UnitSource;
  readonly ldflags: string;
  /** Names in the cache; `installedAs` where `go install` calls it otherwise. */
  readonly binaries: readonly { readonly name: string; readonly installedAs?: string }[];
  /** Files of Go modules that are needed at run time, copied beside the binaries. */
  readonly assets: readonly UnitAsset[];
  /** About how long a first build takes on two cores: tells people what they wait for. */
  readonly coldBuildMinutes: number;
}

export type BinaryGroup = "core" | "argocd" | "packaging";

export type UnitId =
  "kubernetes" | "kwok" | "coredns" | "argocd" | "helm" | "kustomize" | "kubeconform";

export type UnitSource =
  | { readonly kind: "tools"; readonly folder: "kubernetes" | "argocd" }
  | {
      readonly kind: "install";
      readonly module: string;
      readonly version: string;
      readonly path: string;
    };

export interface UnitAsset {
  readonly module: string;
  readonly files: readonly string[];
  /** Folder below `assets/` of the unit. */
  readonly to: string;
}

const kubernetesVersion = "v1.34.4";
const strip = "-s -w";
const componentBase = "k8s.io/component-base/version";

/**
 * Every binary the cluster and its tests run, pinned. `tools` units are pinned by a go.mod of ours
 * with `tool` directives, `install` units by their version alone.
 */
export const binaryUnits: readonly BinaryUnit[] = [
  {
    id: "kubernetes",
    group: "core",
    source: { kind: "tools", folder: "kubernetes" },
    // Without a version some clients refuse the server.
    ldflags:
      `${strip} -X ${componentBase}.gitVersion=${kubernetesVersion}` +
      ` -X ${componentBase}.gitMajor=1 -X ${componentBase}.gitMinor=34`,
    binaries: [
      { name: "etcd", installedAs: "server" },
      { name: "kube-apiserver" },
      { name: "kube-controller-manager" },
      { name: "kube-scheduler" },
      { name: "kubelet" },
      { name: "kube-proxy" },
      { name: "kubectl" },
      { name: "rollouts-controller" },
      { name: "kubectl-argo-rollouts" },
    ],
    assets: [
      {
        module: "github.com/argoproj/argo-rollouts",
        files: [
          "manifests/crds/analysis-run-crd.yaml",
          "manifests/crds/analysis-template-crd.yaml",
          "manifests/crds/cluster-analysis-template-crd.yaml",
          "manifests/crds/experiment-crd.yaml",
          "manifests/crds/rollout-crd.yaml",
        ],
        to: "rollouts-crds",
      },
      {
        module: "github.com/argoproj/argo-rollouts",
        files: ["manifests/role", "manifests/base"],
        to: "rollouts-manifests",
      },
    ],
    coldBuildMinutes: 6,
  },
  {
    id: "kwok",
    group: "core",
    source: {
      kind: "install",
      module: "sigs.k8s.io/kwok",
      version: "v0.8.0",
      path: "sigs.k8s.io/kwok/cmd/kwok",
    },
    ldflags: strip,
    binaries: [{ name: "kwok" }],
    assets: [
      {
        module: "sigs.k8s.io/kwok",
        files: [
          "kustomize/stage/node/fast/node-initialize.yaml",
          "kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
          "kustomize/stage/pod/fast/pod-complete.yaml",
          "kustomize/stage/pod/fast/pod-delete.yaml",
          "kustomize/stage/pod/fast/pod-ready.yaml",
        ],
        to: "stages",
      },
    ],
    coldBuildMinutes: 1,
  },
  {
    id: "coredns",
    group: "core",
    source: {
      kind: "install",
      module: "github.com/coredns/coredns",
      version: "v1.14.0",
      path: "github.com/coredns/coredns",
    },
    ldflags: strip,
    binaries: [{ name: "coredns" }],
    assets: [],
    coldBuildMinutes: 2,
  },
  {
    id: "argocd",
    group: "argocd",
    source: { kind: "tools", folder: "argocd" },
    ldflags: strip,
    // One multi-call binary: ARGOCD_BINARY_NAME picks the role.
    binaries: [{ name: "argocd", installedAs: "cmd" }],
    assets: [
      {
        module: "github.com/argoproj/argo-cd/v3",
        files: [
          "manifests/crds/application-crd.yaml",
          "manifests/crds/appproject-crd.yaml",
          "manifests/crds/applicationset-crd.yaml",
        ],
        to: "argocd-crds",
      },
      {
        module: "github.com/argoproj/argo-cd/v3",
        files: ["manifests/base/config"],
        to: "argocd-config",
      },
    ],
    coldBuildMinutes: 4,
  },
  {
    id: "helm",
    group: "packaging",
    source: {
      kind: "install",
      module: "helm.sh/helm/v3",
      version: "v3.19.5",
      path: "helm.sh/helm/v3/cmd/helm",
    },
    ldflags: strip,
    binaries: [{ name: "helm" }],
    assets: [],
    coldBuildMinutes: 1,
  },
  {
    id: "kustomize",
    group: "packaging",
    source: {
      kind: "install",
      module: "sigs.k8s.io/kustomize/kustomize/v5",
      version: "v5.8.1",
      path: "sigs.k8s.io/kustomize/kustomize/v5",
    },
    ldflags: strip,
    binaries: [{ name: "kustomize" }],
    assets: [],
    coldBuildMinutes: 1,
  },
  {
    id: "kubeconform",
    group: "packaging",
    source: {
      kind: "install",
      module: "github.com/yannh/kubeconform",
      version: "v0.7.0",
      path: "github.com/yannh/kubeconform/cmd/kubeconform",
    },
    ldflags: strip,
    binaries: [{ name: "kubeconform" }],
    assets: [],
    coldBuildMinutes: 1,
  },
];

export function findUnit(id: UnitId): BinaryUnit {
  const unit = binaryUnits.find((candidate) => candidate.id === id);
  if (unit === undefined) throw new Error(`no unit ${id}`);
  return unit;
}

export function unitsOfGroup(group: BinaryGroup): readonly BinaryUnit[] {
  return binaryUnits.filter((unit) => unit.group === group);
}
