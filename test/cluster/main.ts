import { parseArgs } from "node:util";
import { commandBuild } from "./commands/build.ts";
import { commandDown } from "./commands/down.ts";
import { commandKubectl } from "./commands/kubectl.ts";
import { commandStatus } from "./commands/status.ts";
import { commandUp } from "./commands/up.ts";
import { ClusterError } from "./host/cluster-error.ts";

const usage = `npm run cluster -- COMMAND

  up       start a cluster and keep it until Ctrl-C
             --detach        leave it running and return
             --tier T        control-plane or nodes (default: the best this machine allows)
             --nodes N       real nodes (default 2)
             --kwok N        simulated nodes (default 0)
             --audit         write the API server's audit log
  down     stop it                    --all  every cluster of this user
  status   what runs, with memory, and what this machine could run
  build    build binaries and images ahead of time
             core (default), argocd, packaging, images, all
  kubectl  any kubectl command; the Rollouts plug-in is there

  --name NAME works with up, down, status and kubectl (default: default)
`;

async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  // kubectl's flags are kubectl's: only a leading --name is ours.
  if (command === "kubectl") {
    await commandKubectl(rest);
    return;
  }
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      name: { type: "string", default: "default" },
      detach: { type: "boolean", default: false },
      tier: { type: "string" },
      nodes: { type: "string" },
      kwok: { type: "string" },
      audit: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  switch (values.help ? "help" : command) {
    case "up":
      await commandUp(values);
      return;
    case "down":
      await commandDown(values.name, values.all);
      return;
    case "status":
      await commandStatus();
      return;
    case "build":
      await commandBuild(positionals);
      return;
    case "help":
    case undefined:
      console.log(usage);
      return;
    default:
      throw new ClusterError(`no command "${command}"`, "npm run cluster -- help");
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isOurs = error instanceof ClusterError || (error instanceof Error && "code" in error);
  console.error(isOurs && error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
