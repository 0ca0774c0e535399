import { composeMaster } from "../../../src/processes/master/compose.ts";
import { parseMasterConfig } from "../../../src/processes/master/config.ts";
import { openParts } from "../../../src/processes/run-process.ts";
import { until } from "../../cluster/host/until.ts";
import { LinkAgent } from "../mesos/link-agent.ts";
import { RecordingLogger } from "../recording-logger.ts";

const BEAT_MS = 1000;
const LEADS_MAX_MS = 60_000;

export interface RealMaster {
  readonly port: number;
  readonly logger: RecordingLogger;
  /** An agent that stands for a node registers and beats; gives its id. */
  readonly agent: (node: string, resources: string, agentId?: string) => Promise<string>;
  /** Graceful: drains and releases the lease. */
  readonly stop: () => Promise<number>;
}

/** The master process as shipped, inside this one, on free ports, against a real API server. */
export async function startRealMaster(kubeconfig: string, cluster: string): Promise<RealMaster> {
  const logger = new RecordingLogger();
  const parts = { ...openParts("master", "error"), logger };
  const stopping = new AbortController();
  const config = parseMasterConfig(
    {
      cluster,
      kubeconfig,
      port: 0,
      healthPort: 0,
      ip: "127.0.0.1",
      healthAddress: "127.0.0.1",
      auditSink: "none",
    },
    { POD_NAME: "master-test", POD_IP: "127.0.0.1" },
  );
  const { manager, port } = await composeMaster(config, parts, stopping.signal);
  const running = manager.run(stopping.signal);
  const agents: LinkAgent[] = [];
  const beats = new Set<NodeJS.Timeout>();
  return {
    port,
    logger,
    agent: async (hostname, resources, agentId) => {
      const options = { hostname, resources, ...(agentId === undefined ? {} : { agentId }) };
      const agent = await subscribe(port, options);
      agents.push(agent);
      beats.add(setInterval(() => void agent.beat().catch(() => undefined), BEAT_MS));
      return await agent.agentId();
    },
    stop: async () => {
      for (const beat of beats) clearInterval(beat);
      for (const agent of agents) agent.close();
      stopping.abort();
      return await running;
    },
  };
}

/** Standbys and masters that still read their records answer 307 or 503: asked again until one leads. */
async function subscribe(
  port: number,
  options: Parameters<typeof LinkAgent.subscribe>[1],
): Promise<LinkAgent> {
  const subscribed = async (): Promise<LinkAgent | undefined> => {
    const agent = await LinkAgent.subscribe(port, options);
    if (agent.stream.status === 200) return agent;
    agent.close();
    return undefined;
  };
  return until("a master that leads", subscribed, { timeoutMs: LEADS_MAX_MS });
}
