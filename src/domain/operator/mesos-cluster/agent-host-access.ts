import type { Agents } from "../../../api/crd/v1alpha1/mesos-cluster/agents.ts";
import type { ManifestObject } from "../../manifests/manifest.ts";
import { strategicMerge } from "../../manifests/strategic-merge.ts";

const hostPath = (name: string, path: string, type: string): ManifestObject => ({
  name,
  hostPath: { path, type },
});

/** What the process launcher needs to isolate tasks of its own. */
const PROCESS_CAPABILITIES = [
  "SYS_ADMIN",
  "SYS_PTRACE",
  "SYS_RESOURCE",
  "KILL",
  "SETUID",
  "SETGID",
];

function rootContainer(process: boolean): ManifestObject {
  return {
    name: "agent",
    securityContext: {
      runAsUser: 0,
      runAsNonRoot: false,
      capabilities: { drop: ["ALL"], ...(process ? { add: PROCESS_CAPABILITIES } : {}) },
    },
    volumeMounts: [
      { name: "host-proc", mountPath: "/host/proc", readOnly: true },
      { name: "container-runtime", mountPath: "/run/containerd" },
      ...(process ? [{ name: "cgroup", mountPath: "/sys/fs/cgroup" }] : []),
    ],
    ports: [{ containerPort: 5051, hostPort: 5051 }],
  };
}

/**
 * The changes to an agent's pod that see the host: none with launcher Pod and access Api, so that such agents pass Pod
 * Security `restricted`.
 */
export function agentHostAccess(
  agents: Pick<Agents, "launcher" | "access">,
): ((template: ManifestObject) => ManifestObject) | undefined {
  const process = agents.launcher === "Process";
  if (!process && agents.access === "Api") return undefined;
  const changes: ManifestObject = {
    spec: {
      hostPID: true,
      securityContext: { runAsUser: 0, runAsGroup: 0, runAsNonRoot: false },
      containers: [rootContainer(process)],
      volumes: [
        { ...hostPath("work-dir", "/var/lib/mesos", "DirectoryOrCreate"), emptyDir: null },
        hostPath("host-proc", "/proc", "Directory"),
        hostPath("container-runtime", "/run/containerd", "DirectoryOrCreate"),
        ...(process ? [hostPath("cgroup", "/sys/fs/cgroup", "Directory")] : []),
      ],
    },
  };
  return (template) => strategicMerge(template, changes);
}
