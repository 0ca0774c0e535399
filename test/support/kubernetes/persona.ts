import { connectKubernetes } from "../../../src/adapters/kubernetes/connect.ts";
import { openKubeconfigAccess } from "../../../src/adapters/kubernetes/kubeconfig-access.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { CallOptions, KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";
import type { RealKube } from "./real-kube.ts";

const CALL_MAX_MS = 20_000;

/** Somebody who talks to the API server with a token of a service account. */
export interface Persona {
  readonly kube: KubeTransport;
  close(): Promise<void>;
}

/**
 * Signs in as a new account of the namespace that has a role which `config/rbac` ships, and its name: a 403 under it is a
 * defect. Closing takes the role back; the account goes with its namespace.
 */
export async function signInWithRole(
  kubeconfigPath: string,
  real: RealKube,
  namespace: string,
  role: string,
): Promise<Persona> {
  const call = (): CallOptions => ({ signal: AbortSignal.timeout(CALL_MAX_MS) });
  const account = { namespace, name: role };
  await real.transport.create(KINDS.ServiceAccount, { metadata: account }, call());
  const bound = {
    metadata: { name: `${namespace}-${role}` },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", ...account }],
  };
  await real.transport.create(KINDS.ClusterRoleBinding, bound, call());
  const persona = await signIn(kubeconfigPath, real, account);
  const close = async (): Promise<void> => {
    await persona.close();
    const ref = { kind: KINDS.ClusterRoleBinding, name: bound.metadata.name };
    await real.transport.delete(ref, call());
  };
  return { kube: persona.kube, close };
}

interface TokenRequest extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly token: string };
}

async function requestToken(
  admin: KubeTransport,
  account: { readonly namespace: string; readonly name: string },
  pod: KubeObject | undefined,
): Promise<string> {
  const { name, uid = "" } = pod?.metadata ?? { name: "" };
  const bound = { boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid } };
  const request: TokenRequest = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    metadata: account,
    spec: { expirationSeconds: 3600, ...(pod === undefined ? {} : bound) },
  };
  const answer = await admin.create(KINDS.ServiceAccount, request, {
    signal: AbortSignal.timeout(10_000),
    subresource: "token",
  });
  return answer.status?.token ?? "";
}

/**
 * Signs in as a service account, as a process in `pod` would: such a token names the pod's node.
 * @param kubeconfigPath an administrator's, for the address and the CA.
 */
export async function signIn(
  kubeconfigPath: string,
  real: RealKube,
  account: { readonly namespace: string; readonly name: string },
  pod?: KubeObject,
): Promise<Persona> {
  const admin = await openKubeconfigAccess({ clock: real.clock, file: kubeconfigPath });
  const token = await requestToken(real.transport, account, pod);
  const { ca } = admin.credentials().tls;
  const connection = connectKubernetes({
    clock: real.clock,
    random: real.random,
    logger: real.logger,
    meter: real.meter,
    process: "persona",
    version: "0.0.0",
    access: {
      server: admin.server,
      namespace: account.namespace,
      credentials: () => ({
        authorization: `Bearer ${token}`,
        tls: ca === undefined ? {} : { ca },
      }),
      refresh: () => Promise.resolve(),
    },
  });
  return { kube: connection.transport, close: () => connection.close() };
}
