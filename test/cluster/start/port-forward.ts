// A process of its own: keeps `kubectl port-forward` running for Services of a cluster whose pods cannot be reached directly.
// Arguments: kubectl binary, kubeconfig, then one `localPort=namespace/service:port` per Service.
import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

/** kubectl ends when its pod goes, for example with another leader. */
const AGAIN_AFTER_MS = 1_000;

const [kubectl = "kubectl", kubeconfig = "", ...specs] = process.argv.slice(2);

async function keepForwarding(spec: string): Promise<never> {
  const match = /^(\d+)=([^/]+)\/([^:]+):(\d+)$/.exec(spec);
  if (!match) throw new Error(`not a route: ${spec}`);
  const [, localPort = "", namespace = "", service = "", port = ""] = match;
  const args = [
    `--kubeconfig=${kubeconfig}`,
    `--namespace=${namespace}`,
    "port-forward",
    "--address=127.0.0.1",
    `service/${service}`,
    `${localPort}:${port}`,
  ];
  for (;;) {
    await new Promise<void>((resolve) => {
      const child = spawn(kubectl, args, { stdio: ["ignore", "inherit", "inherit"] });
      child.once("error", () => resolve());
      child.once("close", () => resolve());
      process.once("exit", () => child.kill());
    });
    await delay(AGAIN_AFTER_MS);
  }
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
await Promise.all(specs.map(keepForwarding));
