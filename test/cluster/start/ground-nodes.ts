import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster.ts";
import { buildImage } from "../images/product-image.ts";
import type { Ground } from "./bring-up.ts";
import { waitForPort } from "./forwarding.ts";
import { install } from "./install.ts";
import type { ProductImages } from "./options.ts";
import { chooseApiPorts, type ApiPorts } from "./ports.ts";
import type { Session } from "./session.ts";

const IMAGES: ProductImages = {
  runtime: "localhost/orchestrator:dev",
  node: "localhost/orchestrator-node:dev",
};

/** Tier `nodes`: images built and loaded, everything runs as pods, the APIs are forwarded to loopback. */
export function groundOfNodes(session: Session, cluster: Cluster): Ground {
  const { signal, progress, root } = session;
  const kubectl: Ground["kubectl"] = (args) => cluster.kubectl(args, { signal });
  return {
    kubectl: (args) => cluster.kubectl(args),
    kubeconfig: cluster.kubeconfigPath,
    async bringUp() {
      for (const target of ["runtime", "node"] as const) {
        await cluster.loadImage(
          await buildImage({ target, tag: IMAGES[target], progress, signal }),
        );
      }
      await install({ kubectl, root, workDir: session.folder, images: IMAGES, progress, signal });
      const ports = await chooseApiPorts(progress);
      await startForwarder(session, cluster, ports);
      return {
        kubeconfig: cluster.kubeconfigPath,
        mesos: `http://127.0.0.1:${ports.mesos}`,
        marathon: `http://127.0.0.1:${ports.marathon}`,
        cluster: cluster.name,
        tier: "nodes",
        pids: session.pids(),
      };
    },
  };
}

async function startForwarder(session: Session, cluster: Cluster, ports: ApiPorts): Promise<void> {
  const forwarder = session.start({
    name: "forwarder",
    command: process.execPath,
    args: [
      new URL("forwarder.ts", import.meta.url).pathname,
      kubectlOf(cluster),
      cluster.kubeconfigPath,
      `${ports.mesos}=orchestrator/mesos-master-leader:5050`,
      `${ports.marathon}=orchestrator/marathon:8080`,
    ],
  });
  for (const port of Object.values(ports)) await waitForPort(port, forwarder, session.signal);
}

function kubectlOf({ binaryFolders }: Cluster): string {
  const files = binaryFolders.map((folder) => join(folder, "kubectl"));
  return files.find((file) => existsSync(file)) ?? "kubectl";
}
