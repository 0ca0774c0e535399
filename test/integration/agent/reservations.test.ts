import { expect } from "chai";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { AgentProcess } from "../../support/agent/agent-process.ts";
import type { Offer, OfferOperation } from "../../../src/api/mesos/offer.ts";
import type { Resource } from "../../../src/api/mesos/resource.ts";
import { isTerminalState } from "../../../src/domain/mesos/task-state.ts";
import { create, destroy, reserve, wire, withId } from "../../support/mesos/operations.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

const RESERVED = "cpus(web):0.5;disk(web):10";
const VOLUME = "disk(web)[v:data]:10";
const PERSISTENT = `cpus(web):0.5;${VOLUME}`;

/** A framework that comes back under its id. */
const INFO = { user: userInfo().username, roles: ["web"], failover_timeout: 3600 };

describe("reservations on a real machine agent (MES-16, HA-02, HA-09)", function () {
  this.timeout(120_000);
  let master: TestMaster;
  let agent: AgentProcess;
  let scheduler: SchedulerClient;
  let id: string;
  const workDir = mkdtempSync(join(tmpdir(), "agent-reservations-"));

  before(async () => {
    master = await startTestMaster({ config: { offerTimeoutMs: 0 } });
    agent = new AgentProcess([
      `--master=http://127.0.0.1:${master.port}`,
      "--ip=127.0.0.1",
      `--work_dir=${workDir}`,
      "--hostname=h",
      "--isolation=none",
    ]);
    scheduler = await SchedulerClient.subscribe(master.port, INFO);
    id = await scheduler.frameworkId();
  });
  after(async () => {
    scheduler.close();
    await agent.end("SIGKILL");
    await master.stop();
    rmSync(workDir, { recursive: true, force: true });
  });

  const spent = new Set<string>();

  /** An offer that stands, with all of these in it. */
  const offerOf = (text: string): Promise<Offer> =>
    scheduler.stream.until(() => {
      const events = scheduler.events();
      const rescinded = new Set(events.map(({ rescind }) => rescind?.offer_id.value));
      return events
        .flatMap(({ offers }) => offers?.offers ?? [])
        .find(
          ({ id: { value }, resources }) =>
            !rescinded.has(value) && !spent.has(value) && holds(resources ?? [], text),
        );
    }, `an offer of ${text}`);

  async function accept(offer: Offer, operations: readonly OfferOperation[]): Promise<void> {
    spent.add(offer.id.value);
    await scheduler.call({
      type: "ACCEPT",
      accept: { offer_ids: [offer.id], operations, filters: { refuse_seconds: 0 } },
    });
  }

  async function finished(operationId: string): Promise<void> {
    const event = await scheduler.event(
      ({ update_operation_status: it }) => it?.status.operation_id?.value === operationId,
      `the status of ${operationId}`,
    );
    const { state, uuid, agent_id, message } = event.update_operation_status?.status ?? {};
    expect([state, message]).to.deep.equal(["OPERATION_FINISHED", undefined]);
    await scheduler.call({
      type: "ACKNOWLEDGE_OPERATION_STATUS",
      acknowledge_operation_status: {
        agent_id,
        operation_id: { value: operationId },
        uuid: uuid?.value,
      },
    });
  }

  /** The task writes a line into the volume. */
  async function write(taskId: string, offer: Offer): Promise<string> {
    const task = {
      name: taskId,
      task_id: { value: taskId },
      agent_id: offer.agent_id,
      command: { value: `echo ${taskId} >> data/lines; cat data/lines` },
      resources: wire(PERSISTENT),
    };
    await accept(offer, [{ type: "LAUNCH", launch: { task_infos: [task] } }]);
    return endOf(taskId);
  }

  const answered = new Set<string>();

  /** The last status of a task; all those on the way to it are acknowledged. */
  async function endOf(taskId: string): Promise<string> {
    for (;;) {
      const event = await scheduler.event(
        ({ update }) => update !== undefined && !answered.has(update.status.uuid ?? ""),
        `the end of ${taskId}`,
      );
      const { task_id, agent_id, uuid = "", state, message } = event.update!.status;
      answered.add(uuid);
      await scheduler.call({ type: "ACKNOWLEDGE", acknowledge: { agent_id, task_id, uuid } });
      if (task_id.value === taskId && isTerminalState(state)) return `${state} ${message ?? ""}`;
    }
  }

  it("are made, with a volume, and told", async () => {
    const offer = await offerOf("cpus:0.5;disk:10");
    await accept(offer, [withId(reserve(RESERVED), "reserve"), withId(create(VOLUME), "create")]);
    await finished("reserve");
    await finished("create");
    expect(statSync(join(workDir, "volumes/roles/web/v")).isDirectory()).to.equal(true);
    const text = await write("first", await offerOf(PERSISTENT));
    expect(text).to.match(/^TASK_FINISHED/);
  });

  it("are there after a crash of the agent, with what was written", async () => {
    await agent.crash();
    expect(await write("second", await offerOf(PERSISTENT))).to.match(/^TASK_FINISHED/);
    const [lines] = readdirSync(join(workDir, "volumes/roles/web/v"));
    expect(lines).to.equal("lines");
  });

  it("are there for the next leader", async () => {
    scheduler.close();
    await master.failover();
    scheduler = await SchedulerClient.subscribe(master.port, { ...INFO, id: { value: id } });
    expect(await write("third", await offerOf(PERSISTENT))).to.match(/^TASK_FINISHED/);
    const file = join(workDir, "volumes/roles/web/v/lines");
    expect(readFileSync(file, "utf8")).to.equal("first\nsecond\nthird\n");
  });

  it("end with what was in them", async () => {
    await accept(await offerOf(PERSISTENT), [withId(destroy(VOLUME), "destroy")]);
    await finished("destroy");
    expect(existsSync(join(workDir, "volumes/roles/web/v"))).to.equal(false);
    await offerOf(RESERVED);
  });
});

/** Whether the offer has at least these, reservations and volumes included. */
function holds(resources: readonly Resource[], text: string): boolean {
  return wire(text).every((wanted) =>
    resources.some((resource) => {
      const isVolume = resource.disk?.persistence?.id === wanted.disk?.persistence?.id;
      const owner = resource.reservations?.at(-1)?.role ?? resource.role ?? "*";
      return (
        isVolume &&
        resource.name === wanted.name &&
        owner === (wanted.reservations?.at(-1)?.role ?? "*") &&
        (resource.scalar?.value ?? 0) >= (wanted.scalar?.value ?? 0)
      );
    }),
  );
}
