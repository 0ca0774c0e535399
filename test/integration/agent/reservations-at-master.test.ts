import { expect } from "chai";
import { AgentLinkHttp } from "../../../src/adapters/agent-link-http/agent-link-http.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import { AgentService } from "../../../src/services/agent/agent-service.ts";
import { FixedInventory } from "../../../src/services/agent/launchers/fixed-inventory.ts";
import { agentMetrics } from "../../../src/services/agent/metrics.ts";
import { PodJournal } from "../../../src/services/agent/launchers/pod-journal.ts";
import { INVENTORY } from "../../support/agent/agent-world.ts";
import { FakeLauncher } from "../../support/agent/fake-launcher.ts";
import { create, reserve, wire, withId } from "../../support/mesos/operations.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { RecordingMeter } from "../../support/recording-meter.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

/** A node's agent: it has no disk of its own, its node gives it its id back. */
class NodeAgent {
  readonly service: AgentService;
  readonly #link: AgentLinkHttp;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(port: number) {
    this.#link = new AgentLinkHttp({ masters: [`http://127.0.0.1:${port}`] });
    const total = wire("cpus:4;mem:1000;disk:100");
    this.service = new AgentService({
      link: this.#link,
      launcher: new FakeLauncher(),
      journal: new PodJournal(),
      inventory: new FixedInventory({ ...INVENTORY, total, nodeUid: "node-1" }),
      usage: { read: () => Promise.resolve(undefined) },
      clock: new SystemClock(),
      random: new SeededRandom(7),
      logger: new RecordingLogger(),
      metrics: agentMetrics(new RecordingMeter()),
      options: {
        hostname: "node-1",
        advertisePort: 5051,
        version: "1.11.0",
        access: "Api",
        graceDefaultMs: 1000,
        launchRetryMs: 1000,
        releaseAfterEndMs: 1000,
      },
    });
    this.#running = this.service.run(this.#stop.signal).catch(() => undefined);
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#link.close();
  }
}

describe("reservations on an agent without a disk (MES-16, HA-02)", function () {
  this.timeout(60_000);
  let master: TestMaster;
  let agent: NodeAgent;
  let scheduler: SchedulerClient;
  const INFO = { roles: ["web"], failover_timeout: 3600 };

  before(async () => {
    master = await startTestMaster({ config: { offerTimeoutMs: 0 } });
    agent = new NodeAgent(master.port);
    scheduler = await SchedulerClient.subscribe(master.port, INFO);
  });
  after(async () => {
    scheduler.close();
    await agent.end();
    await master.stop();
  });

  const reservedOffer = (): Promise<unknown> =>
    scheduler.offer(({ resources = [] }) =>
      resources.some(({ name, reservation }) => name === "cpus" && reservation !== undefined),
    );

  it("are told to the framework; a volume is refused with its reason", async () => {
    const offer = await scheduler.offer();
    await scheduler.call({
      type: "ACCEPT",
      accept: {
        offer_ids: [offer.id],
        operations: [
          withId(reserve("cpus(web):1;disk(web):10"), "reserve"),
          withId(create("disk(web)[v:data]:10"), "create"),
        ],
        filters: { refuse_seconds: 0 },
      },
    });
    const statusOf = async (id: string): Promise<unknown[]> => {
      const event = await scheduler.event(
        ({ update_operation_status: it }) => it?.status.operation_id?.value === id,
      );
      const { state, message } = event.update_operation_status?.status ?? {};
      return [state, message];
    };
    expect(await statusOf("reserve")).to.deep.equal(["OPERATION_FINISHED", undefined]);
    const [state, message] = await statusOf("create");
    expect(state).to.equal("OPERATION_ERROR");
    expect(message).to.match(
      /does not make persistent volumes: its launcher cannot mount them yet/,
    );
    expect(
      [...master.registry.records.keys()].some((key) => key.startsWith("operation/")),
    ).to.equal(true);
  });

  it("are there when the agent begins anew, and when the master does", async () => {
    await agent.end();
    agent = new NodeAgent(master.port);
    await reservedOffer();
    const id = await scheduler.frameworkId();
    scheduler.close();
    await master.failover();
    scheduler = await SchedulerClient.subscribe(master.port, { ...INFO, id: { value: id } });
    await reservedOffer();
    expect(formatResources(agent.service.checkpointed)).to.equal("cpus(web):1;disk(web):10");
  });
});
