import { Command } from "commander";
import { readConfigFile } from "../config-file.ts";
import { openParts, runProcess } from "../run-process.ts";
import { composeOperator } from "./compose.ts";
import { parseOperatorConfig, type OperatorConfig } from "./config.ts";

/** `orchestrator operator`: the leader-elected reconcilers. */
export function operatorCommand(): Command {
  return new Command("operator")
    .option("--config <file>", "YAML file with any of these options in camelCase")
    .option("--kubeconfig <file>", "default: the pod's service account, else kubectl's default")
    .option("--namespace <name>", "the operator's own namespace; default: its pod's")
    .option("--service-account <name>", "the operator's own account")
    .option("--watch-namespace <name>", "look after this namespace only")
    .option("--instance <name>", "look after objects labelled orchestrator.io/instance=<name> only")
    .option("--image <image>", "image of masters and agents")
    .option("--node-image <image>", "image with a shell, for agents with host access and tasks")
    .option("--max-concurrent <count>", "objects of a kind in work at once")
    .option("--inherit-labels <keys>", "labels that children take over, comma-separated")
    .option("--inherit-annotations <keys>", "annotations that children take over")
    .option("--rollouts-instance-id <id>", "which Argo Rollouts controller acts on our Rollouts")
    .option("--no-leader-elect", "run without a lease; only ever one such process")
    .option("--kube-qps <rate>", "client-side rate limit; default: none")
    .option("--kube-burst <count>", "burst of that limit")
    .option("--health-address <address>", "where /healthz and /readyz are served")
    .option("--health-port <port>", "0: any free port")
    .option("--metrics-on-health", "serve /metrics there too; for loopback addresses")
    .option("--log-level <level>", "error, warn, info or debug")
    .action(async (options: Options) => {
      const config = configure(options);
      const parts = openParts("operator", config.logLevel);
      await runProcess(parts, async (stop) => {
        const manager = await composeOperator(config, parts, stop);
        return manager.run(stop);
      });
    });
}

type Options = Readonly<Record<string, unknown>> & { readonly config?: string };

function configure({ config: file, ...flags }: Options): OperatorConfig {
  // commander sets a default of its own for --no-…: only an explicit `false` is somebody's word.
  const { leaderElect, ...rest } = flags;
  return parseOperatorConfig(
    leaderElect === false ? { ...rest, leaderElect } : rest,
    readConfigFile(file),
  );
}
