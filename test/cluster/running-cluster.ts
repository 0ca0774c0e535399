import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster, KubectlOptions } from "./cluster.ts";
import { releaseExitGuard } from "./exit-guard.ts";
import { ClusterError } from "./host/cluster-error.ts";
import { commandFailed, tryCommand, type CommandResult } from "./host/run-command.ts";
import { loadImage } from "./images/load-image.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { setNodeCable } from "./nodes/network.ts";
import type { NodesContext } from "./nodes/start-nodes.ts";
import { issueCertificate } from "./pki/certificate.ts";
import type { NodeRecord } from "./state-file.ts";
import { teardown } from "./teardown.ts";
import type { Tier } from "./tier.ts";

export interface HandleInputs extends NodesContext {
  readonly tier: Tier;
  readonly kubeconfigPath: string;
  readonly apiServerUrl: string;
  readonly simulatedNodes: readonly string[];
  readonly auditLogPath: string | undefined;
}

/** The handle on a cluster that has just been started. */
export function buildHandle(inputs: HandleInputs): Cluster {
  const { state, plan, binaries, certificates, supervisor, api, options, kubeconfigPath } = inputs;
  const tryKubectl = (args: readonly string[], given: KubectlOptions = {}) =>
    runKubectl(binaries.path("kubectl"), kubeconfigPath, binaries.folders, args, given);
  const kubectl = async (args: readonly string[], given?: KubectlOptions): Promise<string> => {
    const result = await tryKubectl(args, given);
    if (result.exitCode !== 0) throw commandFailed("kubectl", args, result);
    return result.stdout;
  };
  const node = (name: string): NodeRecord => {
    const found = state.nodes.find((candidate) => candidate.name === name);
    if (found) return found;
    const known = state.nodes.map((candidate) => candidate.name).join(", ");
    throw new ClusterError(`no real node ${name}`, `there are: ${known}`);
  };
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    options.signal?.removeEventListener("abort", onAbort);
    api.close();
    teardown(state);
    releaseExitGuard(state.stateDir);
    await Promise.resolve();
  };
  const onAbort = (): void => void stop();
  options.signal?.addEventListener("abort", onAbort, { once: true });

  return {
    name: state.name,
    tier: inputs.tier,
    stateDir: state.stateDir,
    kubeconfigPath,
    adminKubeconfig: readFileSync(kubeconfigPath, "utf8"),
    apiServerUrl: inputs.apiServerUrl,
    authorityPem: certificates.authority.certificatePem,
    nodes: plan.nodes.map(({ name, ip, podCidr }) => ({
      name,
      ip,
      podCidr,
      containerdSocket: node(name).containerdSocket,
    })),
    simulatedNodes: inputs.simulatedNodes,
    ...(plan.nodes.length > 0 ? { hostIp: plan.hostIp } : {}),
    ...(inputs.auditLogPath ? { auditLogPath: inputs.auditLogPath } : {}),
    binaryFolders: binaries.folders,
    kubectl,
    tryKubectl,
    async apply(manifest) {
      const input = typeof manifest === "string" ? manifest : toManifest(manifest);
      await kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], { input });
    },
    issueCertificate: (request) => issueCertificate(certificates.authority, request),
    writeKubeconfig: (user, groups = []) =>
      writeKubeconfig(join(state.stateDir, `user-${user.replace(/\W+/g, "-")}.kubeconfig`), {
        server: inputs.apiServerUrl,
        authorityPem: certificates.authority.certificatePem,
        user,
        certificate: issueCertificate(certificates.authority, {
          commonName: user,
          organizations: groups,
        }),
      }),
    loadImage: (image) =>
      loadImage(typeof image === "string" ? image : image.archive, state.nodes, options.signal),
    cutNode: (name) => setNodeCable(node(name), false),
    healNode: (name) => setNodeCable(node(name), true),
    processNames: () => state.processes.map((record) => record.name),
    killProcess: (name) => supervisor.kill(name),
    restartProcess: (name) => supervisor.restart(name),
    stop,
  };
}

/** Runs kubectl against a cluster, with its plug-ins (`kubectl argo rollouts`) on PATH. */
export function runKubectl(
  binary: string,
  kubeconfigPath: string,
  folders: readonly string[],
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<CommandResult> {
  return tryCommand(binary, args, {
    ...options,
    env: {
      ...process.env,
      KUBECONFIG: kubeconfigPath,
      PATH: [...folders, process.env["PATH"] ?? ""].join(":"),
    },
  });
}

/** kubectl reads a list of objects as one document of kind List. */
function toManifest(value: object): string {
  return JSON.stringify(
    Array.isArray(value) ? { apiVersion: "v1", kind: "List", items: value as unknown[] } : value,
  );
}
