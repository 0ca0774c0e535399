import type { TestBed } from "./test-bed.ts";

/** Lines of a log that a reader of a failure gets. */
const LOG_LINES = 15;

/** Pods, objects of ours, events and the ends of our logs: what a person would ask for first. */
export async function describeWorld(bed: TestBed, namespace: string): Promise<string> {
  const ask = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await bed.tryKubectl(["-n", namespace, ...args]);
    return `$ kubectl ${args.join(" ")}\n${exitCode === 0 ? stdout : stderr}`;
  };
  const events = await ask(
    "get",
    "events",
    "--sort-by=.lastTimestamp",
    "-o",
    "custom-columns=AT:.lastTimestamp,ABOUT:.involvedObject.name,REASON:.reason,MESSAGE:.message",
  );
  const pods = (await bed.tryKubectl(["-n", namespace, "get", "pods", "-o", "name"])).stdout;
  const ours = pods.split("\n").filter((name) => /operator|agent|marathon|master/.test(name));
  const logs = ours.map((pod) =>
    ask("logs", pod, "--all-containers", "--prefix", `--tail=${LOG_LINES}`),
  );
  return [
    await ask("get", "nodes"),
    await ask("get", "pods", "-o", "wide"),
    await ask("get", "mc,ma,rollouts", "-o", "wide"),
    await ask(
      "get",
      "mc,ma",
      "-o",
      'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{range .status.conditions[*]}  {.type}={.status} {.reason} {.message}{"\\n"}{end}{end}',
    ),
    events.split("\n").slice(-40).join("\n"),
    ...(await Promise.all(logs)),
  ].join("\n");
}
