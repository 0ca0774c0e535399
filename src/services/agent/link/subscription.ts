import type {
  ReportedExecutor,
  ReportedTask,
  SubscribeCall,
} from "../../../api/agent-link/calls.ts";
import type { AgentInfo } from "../../../api/mesos/agent-info.ts";
import { isRunOver, type Run } from "../../../domain/agent/run.ts";
import type { UpdateStream } from "../../../domain/agent/update-stream.ts";
import type { AgentInventory, Launcher } from "../ports.ts";

/** What an agent says of itself at every subscription. */
export interface AgentDescription {
  readonly hostname: string;
  readonly advertisePort: number;
  readonly version: string;
  readonly access: "Api" | "Host";
}

export interface SubscriptionFacts {
  readonly options: AgentDescription;
  /** Undefined: no master has taken this agent yet. */
  readonly agentId: string | undefined;
  readonly termSeen: number;
  readonly launcher: Launcher["kind"];
  readonly inventory: AgentInventory;
  /** All that are not complete. */
  readonly runs: readonly Run[];
  readonly operations: Pick<
    SubscribeCall,
    "operations" | "checkpointed_resources" | "makes_volumes"
  >;
  readonly streamOf: (frameworkId: string, taskId: string) => UpdateStream | undefined;
}

const CAPABILITIES = [
  "MULTI_ROLE",
  "HIERARCHICAL_ROLE",
  "RESERVATION_REFINEMENT",
  "RESOURCE_PROVIDER",
  "RESIZE_VOLUME",
  "AGENT_OPERATION_FEEDBACK",
  "AGENT_DRAINING",
  "TASK_RESOURCE_LIMITS",
];

/** The call that opens a stream: all that the agent is and has. Calls on the stream tell what changes from here. */
export function subscribeCall(facts: SubscriptionFacts): SubscribeCall {
  const { inventory, options, runs } = facts;
  const frameworks = new Map(runs.map(({ record }) => [record.frameworkId, record.framework]));
  return {
    type: "SUBSCRIBE",
    ...(facts.agentId === undefined ? {} : { agent_id: facts.agentId }),
    agent_info: agentInfo(facts),
    ...(inventory.nodeUid === undefined ? {} : { node_uid: inventory.nodeUid }),
    version: options.version,
    capabilities: CAPABILITIES,
    ...(inventory.bootId === undefined ? {} : { boot_id: inventory.bootId }),
    launcher: facts.launcher,
    access: options.access,
    term_seen: facts.termSeen,
    ...(inventory.podSlots === undefined ? {} : { pod_slots: inventory.podSlots }),
    unschedulable: inventory.unschedulable,
    frameworks: [...frameworks].map(([id, info]) => ({ ...info, id: { value: id } })),
    executors: liveExecutors(runs),
    tasks: runs.flatMap((run) => openTasks(run, facts)),
    pool_pods: [...inventory.poolPods],
    ...facts.operations,
  };
}

function agentInfo({ agentId, inventory, options }: SubscriptionFacts): AgentInfo {
  const { region, zone } = inventory;
  return {
    hostname: options.hostname,
    port: options.advertisePort,
    resources: inventory.total,
    attributes: inventory.attributes,
    ...(agentId === undefined ? {} : { id: { value: agentId } }),
    ...(region === undefined || zone === undefined
      ? {}
      : { domain: { fault_domain: { region: { name: region }, zone: { name: zone } } } }),
  };
}

function liveExecutors(runs: readonly Run[]): ReportedExecutor[] {
  const executors = new Map<string, ReportedExecutor>();
  for (const run of runs) {
    const { frameworkId, executorId, executor } = run.record;
    if (executor === undefined || isRunOver(run)) continue;
    executors.set(`${frameworkId}\n${executorId}`, { framework_id: frameworkId, executor });
  }
  return [...executors.values()];
}

/** Tasks of a run whose end is not acknowledged yet. */
function openTasks(run: Run, { streamOf }: SubscriptionFacts): readonly ReportedTask[] {
  const { record } = run;
  return run.tasks.flatMap((task): readonly ReportedTask[] => {
    const stream = streamOf(record.frameworkId, task.info.task_id.value);
    if (stream?.closed === true) return [];
    // The update that waits for its acknowledgement, as `latest_state` already says how the task stands.
    const status = stream?.pending[0] ?? stream?.latest;
    return [
      {
        framework_id: record.frameworkId,
        executor_id: record.executorId,
        task: task.info,
        latest_state: stream?.latestState ?? "TASK_STAGING",
        ...(status === undefined ? {} : { status }),
        launch_id: record.launchId,
        generation: record.generation,
        devices: [...record.devices],
      },
    ];
  });
}
