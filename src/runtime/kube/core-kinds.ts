import type { KubeKind } from "./kube-kind.ts";

const namespaced = (group: string, version: string, plural: string, kind: string): KubeKind => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});
const global = (group: string, version: string, plural: string, kind: string): KubeKind => ({
  group,
  version,
  plural,
  kind,
  namespaced: false,
});

/** Kinds that every Kubernetes ≥ 1.30 serves, and Argo's Rollouts. Kinds of ours are declared beside their schemas. */
export const KINDS = {
  Pod: namespaced("", "v1", "pods", "Pod"),
  Service: namespaced("", "v1", "services", "Service"),
  ConfigMap: namespaced("", "v1", "configmaps", "ConfigMap"),
  Secret: namespaced("", "v1", "secrets", "Secret"),
  ServiceAccount: namespaced("", "v1", "serviceaccounts", "ServiceAccount"),
  PersistentVolumeClaim: namespaced("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
  Namespace: global("", "v1", "namespaces", "Namespace"),
  Node: global("", "v1", "nodes", "Node"),
  StatefulSet: namespaced("apps", "v1", "statefulsets", "StatefulSet"),
  DaemonSet: namespaced("apps", "v1", "daemonsets", "DaemonSet"),
  Deployment: namespaced("apps", "v1", "deployments", "Deployment"),
  ReplicaSet: namespaced("apps", "v1", "replicasets", "ReplicaSet"),
  ControllerRevision: namespaced("apps", "v1", "controllerrevisions", "ControllerRevision"),
  Job: namespaced("batch", "v1", "jobs", "Job"),
  Lease: namespaced("coordination.k8s.io", "v1", "leases", "Lease"),
  Event: namespaced("events.k8s.io", "v1", "events", "Event"),
  EndpointSlice: namespaced("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
  NetworkPolicy: namespaced("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"),
  PodDisruptionBudget: namespaced("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
  HorizontalPodAutoscaler: namespaced(
    "autoscaling",
    "v2",
    "horizontalpodautoscalers",
    "HorizontalPodAutoscaler",
  ),
  Role: namespaced("rbac.authorization.k8s.io", "v1", "roles", "Role"),
  RoleBinding: namespaced("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
  ClusterRole: global("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole"),
  ClusterRoleBinding: global(
    "rbac.authorization.k8s.io",
    "v1",
    "clusterrolebindings",
    "ClusterRoleBinding",
  ),
  PriorityClass: global("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass"),
  CustomResourceDefinition: global(
    "apiextensions.k8s.io",
    "v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
  ),
  ValidatingAdmissionPolicy: global(
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicies",
    "ValidatingAdmissionPolicy",
  ),
  ValidatingAdmissionPolicyBinding: global(
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicybindings",
    "ValidatingAdmissionPolicyBinding",
  ),
  TokenReview: global("authentication.k8s.io", "v1", "tokenreviews", "TokenReview"),
  SubjectAccessReview: global(
    "authorization.k8s.io",
    "v1",
    "subjectaccessreviews",
    "SubjectAccessReview",
  ),
  Rollout: namespaced("argoproj.io", "v1alpha1", "rollouts", "Rollout"),
  AnalysisTemplate: namespaced("argoproj.io", "v1alpha1", "analysistemplates", "AnalysisTemplate"),
} as const satisfies Record<string, KubeKind>;
