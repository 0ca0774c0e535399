import { existsSync } from "node:fs";
import { ensureBinaries } from "../binaries/ensure-binaries.ts";
import { ClusterError } from "../host/cluster-error.ts";
import { hasProgram } from "../host/debian-packages.ts";
import { runCommand } from "../host/run-command.ts";
import type { Ground } from "./bring-up.ts";
import { checkExisting } from "./check-existing.ts";
import { waitForPort } from "./forwarding.ts";
import { install } from "./install.ts";
import type { StartTarget } from "./options.ts";
import { chooseApiPorts } from "./ports.ts";
import type { Session } from "./session.ts";

/** A cluster that is there already: checked, the product installed, its APIs forwarded to loopback by kubectl. */
export async function groundOfExisting(
  session: Session,
  { kubeconfig, images }: Extract<StartTarget, { kind: "existing" }>,
): Promise<Ground> {
  const { progress, signal, root } = session;
  if (!existsSync(kubeconfig)) throw new ClusterError(`no kubeconfig at ${kubeconfig}`);
  const program = await findKubectl(session);
  const run = (args: readonly string[], aborting?: AbortSignal): Promise<string> =>
    runCommand(program, [`--kubeconfig=${kubeconfig}`, ...args], { signal: aborting });
  const kubectl: Ground["kubectl"] = (args) => run(args, signal);
  await checkExisting(kubectl, kubeconfig);
  return {
    kubectl: (args) => run(args),
    kubeconfig,
    async bringUp() {
      await install({ kubectl, root, workDir: session.folder, images, progress, signal });
      const ports = await chooseApiPorts(progress);
      const forwarder = session.start({
        name: "port-forward",
        command: process.execPath,
        args: [
          new URL("port-forward.ts", import.meta.url).pathname,
          program,
          kubeconfig,
          `${ports.mesos}=orchestrator/mesos-master-leader:5050`,
          `${ports.marathon}=orchestrator/marathon:8080`,
        ],
      });
      for (const port of Object.values(ports)) await waitForPort(port, forwarder, signal);
      return {
        kubeconfig,
        mesos: `http://127.0.0.1:${ports.mesos}`,
        marathon: `http://127.0.0.1:${ports.marathon}`,
        tier: "existing",
        pids: session.pids(),
      };
    },
  };
}

/** The machine's own, else the one that our clusters use. */
async function findKubectl({ progress, signal }: Session): Promise<string> {
  if (hasProgram("kubectl")) return "kubectl";
  return (await ensureBinaries(["kubernetes"], { progress, signal })).path("kubectl");
}
