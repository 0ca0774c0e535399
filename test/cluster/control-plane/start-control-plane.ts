import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
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
  await installRolloutsCrds(inputs, api);
  await api.apply(
    "/api/v1/namespaces/argo-rollouts",
    JSON.stringify({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "argo-rollouts" },
    }),
  );
  await waitForRolloutsApi(api, signal);
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

async function installRolloutsCrds(inputs: ComponentInputs, api: ApiClient): Promise<void> {
  const folder = inputs.binaries.asset("rollouts-crds");
  await Promise.all(
    readdirSync(folder).map(async (file) => {
      const manifest = readFileSync(join(folder, file), "utf8");
      const name = /^ {2}name: (\S+)$/m.exec(manifest)?.[1];
      if (name === undefined) throw new Error(`${file} has no name`);
      await api.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`, manifest);
    }),
  );
}

async function waitForRolloutsApi(api: ApiClient, signal: AbortSignal | undefined): Promise<void> {
  await until(
    "Rollouts API served",
    async () =>
      (await api.send("GET", "/apis/argoproj.io/v1alpha1/rollouts?limit=1")).status === 200,
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
