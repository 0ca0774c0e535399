import { Command } from "commander";
import { openParts, runProcess } from "../run-process.ts";
import { composeMaster } from "./compose.ts";
import { parseMasterConfig } from "./config.ts";
import { runSidecar, type Lead } from "./sidecar.ts";

/** `orchestrator master`: the offer engine. */
export function masterCommand(): Command {
  return new Command("master")
    .option("--cluster <namespace/name>", "the MesosCluster to lead")
    .option("--sidecar", "beside an operator: lead the cluster that asks for it, if any")
    .option("--standalone", "no Kubernetes: records in --work-dir, no election")
    .option("--kubeconfig <file>", "default: the pod's service account, else kubectl's default")
    .option("--work-dir <folder>", "records of a standalone master")
    .option("--ip <address>", "address to listen on; default: all")
    .option("--port <port>", "Mesos API; default 5050, 0: any free port")
    .option("--hostname <name>", "name under which clients reach this master")
    .option("--advertise-ip <address>", "address under which clients reach this master")
    .option("--advertise-port <port>", "port under which clients reach this master")
    .option("--health-address <address>", "where /healthz and /readyz are served")
    .option("--health-port <port>", "0: any free port")
    .option("--metrics-on-health", "serve /metrics there too; for loopback addresses")
    .option("--cluster-name <name>", "shown in /state")
    .option("--roles <roles>", "the only roles that are welcome, comma-separated; default: all")
    .option("--weights <weights>", "role=weight,role=weight")
    .option("--root-submissions <boolean>", "whether frameworks of user root are welcome")
    .option("--offer-timeout-seconds <seconds>", "offers are rescinded after it; 0: never")
    .option("--max-tasks-per-offer <count>", "0: no limit")
    .option("--heartbeat-seconds <seconds>", "told to frameworks, 1 to 60")
    .option("--failover-timeout-max-seconds <seconds>", "longer failover timeouts are cut to it")
    .option("--completed-frameworks-max <count>", "the oldest are forgotten; default 50")
    .option("--allocation-interval-ms <ms>", "the periodic look at what is dirty")
    .option("--coalesce-ms <ms>", "events are gathered for so long before a run")
    .option("--allocation-trigger <mode>", "event, or interval as Mesos")
    .option("--allocation-seed <seed>", "same seed and events, same decisions")
    .option("--demand-aware <boolean>", "ask frameworks last that keep declining")
    .option("--lenient-input <boolean>", "read ids as text, resources as text and the like")
    .option("--trailing-heartbeat <boolean>", "a heartbeat 100 ms after a burst of events")
    .option("--authenticate-http-readonly", "ask for credentials on reads")
    .option("--authenticate-http-readwrite", "ask for credentials on the operator API")
    .option("--authenticate-http-frameworks", "ask frameworks for credentials")
    .option(
      "--http-credentials <file>",
      "JSON {credentials: [{principal, secret}]}, or principal:secret lines",
    )
    .option("--acls <json or file>", "who may do what, in Mesos' form; a file is followed")
    .option(
      "--rate-limits <json or file>",
      "calls per principal, in Mesos' form; a file is followed",
    )
    .option("--audit-sink <sink>", "where changes are written down: stdout (default), file or none")
    .option("--audit-dir <folder>", "of the audit files; default: audit in --work-dir")
    .option("--audit-retention-days <days>", "older audit files are removed; default 365")
    .option("--zk <url>", "zk://host:port,…/path: elect there, or publish the leader there")
    .option("--zk-auth <user:password>", "digest credentials for it; better by environment")
    .option("--election <kind>", "lease, zookeeper, or both while changing; default lease")
    .option("--log-level <level>", "error, warn, info or debug")
    .action(async (options: Readonly<Record<string, unknown>>) => {
      const config = parseMasterConfig(options);
      const parts = openParts("master", config.logLevel);
      const lead: Lead = async (leading, signal) => {
        const { manager } = await composeMaster(leading, parts, signal);
        return manager.run(signal);
      };
      await runProcess(parts, (stop) =>
        config.sidecar ? runSidecar(config, parts, stop, lead) : lead(config, stop),
      );
    });
}
