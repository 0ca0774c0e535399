import { FatalProbeError, until } from "../host/until.ts";
import type { Supervisor } from "../supervisor.ts";
import type { ApiClient } from "./api-client.ts";
import {
  apiServerSpec,
  controllerManagerSpec,
  etcdSpec,
  rolloutsSpec,
  schedulerSpec,
  type ComponentInputs,
} from "./component-specs.ts";

const readyTimeoutMs = 90_000;

/** Starts etcd and the API server and waits until it is ready to be asked. */
export async function startApiServer(
  inputs: ComponentInputs,
  supervisor: Supervisor,
  api: ApiClient,
  signal: AbortSignal | undefined,
): Promise<void> {
  supervisor.start(etcdSpec(inputs));
  supervisor.start(apiServerSpec(inputs));
  await until(
    "API server ready",
    async () => {
      assertRunning(supervisor, "etcd", "kube-apiserver");
      return (await api.send("GET", "/readyz")).status === 200;
    },
    { timeoutMs: readyTimeoutMs, signal },
  );
}

/** Starts the controllers and waits until a pod could be created in the namespace `default`. */
export async function startControllers(
  inputs: ComponentInputs,
  supervisor: Supervisor,
  api: ApiClient,
  signal: AbortSignal | undefined,
): Promise<void> {
  supervisor.start(controllerManagerSpec(inputs));
  supervisor.start(schedulerSpec(inputs));
  await api.apply(
    "/api/v1/namespaces/argo-rollouts",
    JSON.stringify({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "argo-rollouts" },
    }),
  );
  supervisor.start(rolloutsSpec(inputs));
  await until(
    "service account of the namespace default",
    async () => {
      assertRunning(supervisor, "kube-controller-manager", "kube-scheduler");
      return await api.get("/api/v1/namespaces/default/serviceaccounts/default");
    },
    { timeoutMs: readyTimeoutMs, signal },
  );
  await until(
    "Rollouts controller ready",
    async () => {
      assertRunning(supervisor, "rollouts-controller");
      const url = `http://127.0.0.1:${inputs.ports.rolloutsHealth}/healthz`;
      return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
    },
    { timeoutMs: readyTimeoutMs, signal },
  );
}

function assertRunning(supervisor: Supervisor, ...names: readonly string[]): void {
  for (const name of names) {
    try {
      supervisor.requireRunning(name);
    } catch (error) {
      throw error instanceof Error ? new FatalProbeError(error) : error;
    }
  }
}
