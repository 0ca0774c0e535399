import { ClusterError } from "../host/cluster-error.ts";
import type { Kubectl } from "./kubectl.ts";

const MINOR_MIN = 30;
const ROLLOUTS_CRD = "rollouts.argoproj.io";

/** @throws {ClusterError} when the cluster does not answer, is older than 1.30, or has no Argo Rollouts. */
export async function checkExisting(kubectl: Kubectl, kubeconfig: string): Promise<void> {
  const version = await askVersion(kubectl, kubeconfig);
  const problem = versionProblem(version);
  if (problem !== undefined)
    throw new ClusterError(problem, "update the cluster, or use npm start without --kubeconfig");
  const crd = await kubectl(["get", "crd", ROLLOUTS_CRD, "--ignore-not-found", "--output=name"]);
  if (crd.trim() === "") {
    throw new ClusterError(
      `the cluster has no Argo Rollouts (no CRD ${ROLLOUTS_CRD})`,
      "install it first: kubectl create namespace argo-rollouts && kubectl apply -n argo-rollouts -f https://github.com/argoproj/argo-rollouts/releases/latest/download/install.yaml",
    );
  }
}

export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

/** Why this server is not new enough; undefined when it is. Providers write minors such as `31+`. */
export function versionProblem({ major, minor, gitVersion }: ServerVersion): string | undefined {
  const [first, second] = [Number.parseInt(major, 10), Number.parseInt(minor, 10)];
  if (first > 1 || (first === 1 && second >= MINOR_MIN)) return undefined;
  return `Kubernetes ${gitVersion} is too old: pod scheduling gates and ValidatingAdmissionPolicy need 1.${MINOR_MIN}`;
}

async function askVersion(kubectl: Kubectl, kubeconfig: string): Promise<ServerVersion> {
  let text: string;
  try {
    text = await kubectl(["get", "--raw=/version", "--request-timeout=15s"]);
  } catch (error) {
    const words = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    throw new ClusterError(
      `the cluster of ${kubeconfig} does not answer: ${words}`,
      `try: kubectl --kubeconfig=${kubeconfig} get nodes`,
    );
  }
  return JSON.parse(text) as ServerVersion;
}
