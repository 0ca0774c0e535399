import { connectKubernetes } from "../../../src/adapters/kubernetes/connect.ts";
import { openKubeconfigAccess } from "../../../src/adapters/kubernetes/kubeconfig-access.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";
import type { RealKube } from "./real-kube.ts";

/** Somebody who talks to the API server with a token of a service account. */
export interface Persona {
  readonly kube: KubeTransport;
  close(): Promise<void>;
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
