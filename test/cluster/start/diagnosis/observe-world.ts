import { type HostProcess, tailOf } from "../host-process.ts";
import type { Kubectl } from "../kubectl.ts";
import { describePod } from "./describe-object.ts";
import type { EventThing, KubeThing, LogEnd, PodThing, World } from "./world.ts";

const LOG_LINES = 10;
/** Of pods that are not ready; the operator's are shown always. */
const LOGS_MAX = 6;
const COMPONENT = "app.kubernetes.io/component";

/** Asks the cluster and reads the logs; an answer that does not come is said, never thrown. */
export async function observeWorld(
  kubectl: Kubectl,
  processes: readonly HostProcess[],
): Promise<World> {
  const unanswered: string[] = [];
  const ask = async (...args: string[]): Promise<string> => {
    try {
      return await kubectl(["--request-timeout=10s", ...args]);
    } catch (error) {
      const words =
        error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
      unanswered.push(`kubectl ${args.join(" ")}: ${words}`);
      return "";
    }
  };
  const list = async <T>(...args: string[]): Promise<readonly T[]> => {
    const text = await ask("get", ...args, "--output=json");
    return text === "" ? [] : (JSON.parse(text) as { readonly items: readonly T[] }).items;
  };
  const inNamespace = "--namespace=orchestrator";
  const nodes = await list<KubeThing>("nodes", "--selector=type!=kwok");
  const objects = await list<KubeThing>("mesosclusters,marathonapps", inNamespace);
  const pods = await list<PodThing>("pods", inNamespace);
  const events = await list<EventThing>("events", inNamespace);
  const logs: LogEnd[] = processes.map(({ name, logFile }) => ({
    title: name,
    lines: tailOf(logFile, LOG_LINES),
  }));
  for (const { pod, container, isPrevious } of logsToRead(pods)) {
    const which = isPrevious ? ["--previous"] : [];
    const tail = `--tail=${LOG_LINES}`;
    const text = await ask("logs", pod, `--container=${container}`, inNamespace, tail, ...which);
    const lines = text.trimEnd().split("\n").filter(Boolean);
    logs.push({ title: `${pod} (${container})`, lines });
  }
  return {
    nodes,
    objects,
    pods,
    events,
    logs: logs.filter(({ lines }) => lines.length > 0),
    unanswered,
  };
}

interface LogToRead {
  readonly pod: string;
  readonly container: string;
  /** The container waits to be started again: what it said before it ended. */
  readonly isPrevious: boolean;
}

/** Of containers that ran: the operator's (the master is one of them) first, then those of pods that are not ready. */
function logsToRead(pods: readonly PodThing[]): LogToRead[] {
  const isOperator = ({ metadata }: PodThing): boolean =>
    metadata.labels?.[COMPONENT] === "operator";
  const wanted = pods
    .filter((pod) => isOperator(pod) || describePod(pod).length > 0)
    .sort((left, right) => Number(isOperator(right)) - Number(isOperator(left)));
  const logs = wanted.flatMap(({ metadata, status }) =>
    (status?.containerStatuses ?? [])
      .filter(({ state, lastState }) => !state?.waiting || lastState?.terminated)
      .map(({ name, state }) => ({
        pod: metadata.name,
        container: name,
        isPrevious: state?.waiting !== undefined,
      })),
  );
  return logs.slice(0, LOGS_MAX);
}
