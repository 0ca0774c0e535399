import { expect } from "chai";
import type { MasterCall } from "../../../../src/api/mesos/operator-call.ts";
import { ETERNAL_TERM } from "../../../../src/runtime/leader/eternal-term.ts";
import { changeAgent } from "../../../../src/services/offer-engine/http/agent-operator-calls.ts";
import { changeMaintenance } from "../../../../src/services/offer-engine/http/maintenance-calls.ts";
import { EngineHost } from "../../../../src/services/offer-engine/serve/engine-host.ts";
import { RegistryWriter } from "../../../../src/services/offer-engine/serve/registry-writer.ts";
import { FixedConfigSource, makeClusterConfig } from "../../../support/mesos/cluster-config.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";
import { MemoryRegistry } from "../../../support/mesos/memory-registry.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

/** A master with one agent, `a`, which is not in the maintenance schedule, and one machine, `m`, which is. */
function lead(isCurrent: () => boolean) {
  const machine = { hostname: "m", ip: "10.0.0.1" };
  const config = { maintenanceWindows: [{ name: "w", machines: [machine], startMs: 0 }] };
  const scenario = new EngineScenario({ config });
  const link = scenario.agent("a", { capabilities: ["AGENT_DRAINING"] });
  const agent_id = { value: scenario.agentIdOf(link) };
  const term = { number: 1, isCurrent, signal: ETERNAL_TERM.signal };
  const clock = new VirtualClock();
  const host = new EngineHost({
    engine: scenario.engine,
    term,
    clock,
    random: new SeededRandom(1),
    logger: new RecordingLogger(),
    writer: new RegistryWriter(new MemoryRegistry(), term, clock, () => undefined),
    configSource: new FixedConfigSource(makeClusterConfig(config)),
    pods: undefined,
    hasTrailingBeat: true,
  });
  const calls: readonly MasterCall[] = [
    { type: "DRAIN_AGENT", drain_agent: { agent_id } },
    { type: "DEACTIVATE_AGENT", deactivate_agent: { agent_id } },
    { type: "MARK_AGENT_GONE", mark_agent_gone: { agent_id } },
    { type: "START_MAINTENANCE", start_maintenance: { machines: [machine] } },
  ];
  return { host, calls, scenario, link };
}

async function statusOf(host: EngineHost, call: MasterCall): Promise<string> {
  const reply = await (changeAgent(host, call) ?? changeMaintenance(host, call));
  return `${call.type} ${reply?.status}`;
}

describe("changes that operators order of agents and machines (HA-16)", () => {
  it("are answered 200 when they are durable", async () => {
    const { host, calls } = lead(() => true);
    const statuses: string[] = [];
    for (const call of calls) statuses.push(await statusOf(host, call));
    expect(statuses).to.deep.equal([
      "DRAIN_AGENT 200",
      "DEACTIVATE_AGENT 200",
      "MARK_AGENT_GONE 200",
      "START_MAINTENANCE 200",
    ]);
  });

  it("are answered 503 when the term ended before they could be written", async () => {
    const statuses: string[] = [];
    for (const at of [0, 1, 2, 3]) {
      const { host, calls } = lead(() => false);
      statuses.push(await statusOf(host, calls[at]!));
    }
    expect(statuses).to.deep.equal([
      "DRAIN_AGENT 503",
      "DEACTIVATE_AGENT 503",
      "MARK_AGENT_GONE 503",
      "START_MAINTENANCE 503",
    ]);
  });

  it("DRAIN is taken while the loss of the agent is being written", async () => {
    const { host, calls, scenario, link } = lead(() => true);
    scenario.holdsWrites = true;
    scenario.silence(link);
    scenario.pass(30_000);
    expect(host.engine.beingRecorded(scenario.agentIdOf(link))).to.equal("unreachable");
    expect(await statusOf(host, calls[0]!)).to.equal("DRAIN_AGENT 200");
    scenario.releaseWrites();
    expect([...host.engine.state.unreachable.values()][0]?.draining?.state).to.equal("DRAINING");
  });
});
