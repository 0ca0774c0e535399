import { expect } from "chai";
import type { InverseOffer } from "../../../../src/api/mesos/offer.ts";
import type { SchedulerCall } from "../../../../src/api/mesos/scheduler-call.ts";
import { machineKey } from "../../../../src/domain/mesos/maintenance/machine.ts";
import {
  maintenanceSchedule,
  maintenanceStatus,
} from "../../../../src/domain/mesos/views/maintenance-views.ts";
import { NO_RECORDS } from "../../../../src/services/offer-engine/core/recovered-records.ts";
import type { MaintenanceWindowConfig } from "../../../../src/services/offer-engine/ports.ts";
import { wireOffer } from "../../../../src/services/offer-engine/serve/wire-offer.ts";
import { LASTING } from "../../../support/mesos/builders.ts";
import { makeClusterConfig } from "../../../support/mesos/cluster-config.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

const HOUR_MS = 3_600_000;
const N1 = { hostname: "n1" };
const windowOn = (hostname: string, startMs = 2_000_000): MaintenanceWindowConfig => ({
  name: "w",
  machines: [{ hostname }],
  startMs,
  durationMs: HOUR_MS,
});
const UNAVAILABILITY = {
  start: { nanoseconds: 2_000_000 * 1e6 },
  duration: { nanoseconds: HOUR_MS * 1e6 },
};

/** One framework with a task on agent `n1`. */
class MaintenanceScenario extends EngineScenario {
  link = "";
  id = "";

  static make(options: ConstructorParameters<typeof EngineScenario>[0] = {}): MaintenanceScenario {
    const scenario = new MaintenanceScenario(options);
    scenario.id = scenario.framework("fw", LASTING);
    scenario.link = scenario.agent("n1");
    return scenario;
  }

  static withTask(): MaintenanceScenario {
    const scenario = MaintenanceScenario.make();
    scenario.launch("fw", scenario.id, "t");
    scenario.update(scenario.link, scenario.id, "t", "TASK_RUNNING");
    return scenario;
  }

  schedule(...maintenanceWindows: MaintenanceWindowConfig[]): void {
    this.put({ kind: "configChanged", config: makeClusterConfig({ maintenanceWindows }) });
    this.pass(20);
  }

  inverseOffers(): InverseOffer[] {
    return this.events("fw").flatMap(({ inverse_offers }) => inverse_offers?.inverse_offers ?? []);
  }

  rescinded(): string[] {
    return this.events("fw").flatMap(({ rescind_inverse_offer: it }) =>
      it === undefined ? [] : [it.inverse_offer_id.value],
    );
  }

  answer(kind: "accept" | "decline", refuseSeconds?: number): void {
    const last = this.inverseOffers().at(-1);
    const body = {
      inverse_offer_ids: last === undefined ? [] : [last.id],
      ...(refuseSeconds === undefined ? {} : { filters: { refuse_seconds: refuseSeconds } }),
    };
    const call: SchedulerCall =
      kind === "accept"
        ? { type: "ACCEPT_INVERSE_OFFERS", accept_inverse_offers: body }
        : { type: "DECLINE_INVERSE_OFFERS", decline_inverse_offers: body };
    this.call(this.id, call);
  }

  /** Last answers as `GET_MAINTENANCE_STATUS` lists them. */
  answers(): unknown[] {
    const { draining_machines: draining = [] } = maintenanceStatus(this.engine.state);
    return draining.flatMap(({ statuses = [] }) => statuses.map(({ status }) => status));
  }
}

describe("maintenance: a machine in the schedule (HA-16)", () => {
  it("asks every framework that uses its agent to leave, once, with the window", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.schedule(windowOn("n1"));
    scenario.pass(10_000);
    const [asked, ...more] = scenario.inverseOffers();
    expect(more).to.deep.equal([]);
    expect(asked).to.deep.include({
      framework_id: { value: scenario.id },
      agent_id: { value: scenario.agentIdOf(scenario.link) },
      unavailability: UNAVAILABILITY,
    });
    expect(scenario.answers()).to.deep.equal(["UNKNOWN"]);
  });

  it("asks nobody who has nothing there", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.agent("n2");
    scenario.framework("idle", { framework_info: { user: "u", name: "idle", roles: ["idle"] } });
    scenario.schedule(windowOn("n1"));
    scenario.pass(1000);
    const asked = scenario.events("idle").filter(({ type }) => type === "INVERSE_OFFERS");
    const held = scenario.offers("idle").some(({ agent }) => agent.hostname === "n1");
    expect(asked.length > 0).to.equal(held);
  });

  it("takes outstanding offers back and shows the window in new ones", () => {
    const scenario = MaintenanceScenario.make();
    const before = scenario.lastOffer("fw");
    expect(wireOffer(before).unavailability).to.equal(undefined);
    scenario.schedule(windowOn("n1"));
    const rescinds = scenario.events("fw").flatMap(({ rescind }) => rescind?.offer_id.value ?? []);
    expect(rescinds).to.deep.equal([before.id]);
    const after = scenario.lastOffer("fw");
    expect(after.id).to.not.equal(before.id);
    expect(wireOffer(after).unavailability).to.deep.equal(UNAVAILABILITY);
  });

  it("tells an agent that comes later", () => {
    const scenario = MaintenanceScenario.make();
    scenario.schedule(windowOn("n2"));
    scenario.agent("n2");
    expect(wireOffer(scenario.lastOffer("fw")).unavailability).to.deep.equal(UNAVAILABILITY);
  });

  it("changes nothing for a window that stays as it is", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.schedule(windowOn("n1"));
    const events = scenario.events("fw").length;
    scenario.schedule(windowOn("n1"), { ...windowOn("n3"), name: "other" });
    expect(scenario.events("fw")).to.have.length(events);
  });
});

describe("maintenance: a window that recurs (HA-18)", () => {
  const weekly = (cron: string) => ({
    name: "often",
    machines: [N1],
    cron,
    timeZone: "Etc/UTC",
    durationMs: 60_000,
  });
  const starts = (scenario: EngineScenario): unknown[] =>
    (maintenanceSchedule(scenario.engine.state).windows ?? []).map(
      ({ unavailability }) => unavailability.start.nanoseconds / 1e6,
    );

  it("is in the schedule with one occurrence, and with the next when that is over", () => {
    // Time begins at 00:16:40.
    const scenario = MaintenanceScenario.make({
      config: { recurringWindows: [weekly("*/2 * * * *")] },
    });
    expect(starts(scenario)).to.deep.equal([16 * 60_000]);
    scenario.pass(21_000);
    expect(starts(scenario)).to.deep.equal([18 * 60_000]);
    expect(wireOffer(scenario.lastOffer("fw")).unavailability?.start).to.deep.equal({
      nanoseconds: 18 * 60_000 * 1e6,
    });
  });

  it("is over for a machine that was brought up, until the next occurrence", () => {
    const scenario = MaintenanceScenario.make({
      config: { recurringWindows: [weekly("*/2 * * * *")] },
    });
    scenario.put({ kind: "maintenanceStarted", machines: [N1] });
    scenario.put({ kind: "maintenanceStopped", machines: [N1] });
    expect(starts(scenario)).to.deep.equal([]);
    scenario.pass(21_000);
    expect(starts(scenario)).to.deep.equal([18 * 60_000]);
  });

  it("is in no schedule when it never comes", () => {
    const scenario = MaintenanceScenario.make({
      config: { recurringWindows: [weekly("0 0 31 2 *")] },
    });
    expect(starts(scenario)).to.deep.equal([]);
  });
});

describe("maintenance: answers to inverse offers (HA-16)", () => {
  for (const kind of ["accept", "decline"] as const) {
    it(`records ${kind} and does not ask again before the filter ends`, () => {
      const scenario = MaintenanceScenario.withTask();
      scenario.schedule(windowOn("n1"));
      scenario.answer(kind, 60);
      expect(scenario.answers()).to.deep.equal([kind.toUpperCase()]);
      scenario.pass(59_000);
      expect(scenario.inverseOffers()).to.have.length(1);
      scenario.pass(2000);
      expect(scenario.inverseOffers()).to.have.length(2);
      expect(scenario.answers(), "the last answer stays").to.deep.equal([kind.toUpperCase()]);
    });
  }

  it("asks again after 5 s when a decline gives no time", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.schedule(windowOn("n1"));
    scenario.answer("decline");
    scenario.pass(4000);
    expect(scenario.inverseOffers()).to.have.length(1);
    scenario.pass(2000);
    expect(scenario.inverseOffers()).to.have.length(2);
  });

  it("asks again at once after a REVIVE", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.schedule(windowOn("n1"));
    scenario.answer("decline", 3600);
    scenario.call(scenario.id, { type: "REVIVE" });
    scenario.pass(1100);
    expect(scenario.inverseOffers()).to.have.length(2);
  });

  it("drops answers and asks anew when the window changes", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.schedule(windowOn("n1"));
    scenario.answer("accept", 3600);
    scenario.schedule(windowOn("n1", 3_000_000));
    expect(scenario.inverseOffers()).to.have.length(2);
    expect(scenario.answers()).to.deep.equal(["UNKNOWN"]);
    expect(scenario.rescinded(), "the answered one is not taken back").to.deep.equal([]);
  });

  it("takes back what is not answered when the window goes", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.schedule(windowOn("n1"));
    const [asked] = scenario.inverseOffers();
    scenario.schedule();
    expect(scenario.rescinded()).to.deep.equal([asked?.id.value]);
    expect(maintenanceStatus(scenario.engine.state)).to.deep.equal({});
    scenario.answer("accept");
    const counted = new Map(scenario.engine.counters.entries()).get("master/dropped_messages");
    expect(counted).to.equal(1);
  });

  it("asks a framework that lost its connection when it is back", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.schedule(windowOn("n1"));
    scenario.put({ kind: "frameworkStreamClosed", streamId: "fw" });
    scenario.pass(1000);
    scenario.put({
      kind: "frameworkSubscribed",
      streamId: "fw",
      call: { framework_info: { ...LASTING.framework_info, id: { value: scenario.id } } },
    });
    scenario.pass(1100);
    expect(scenario.inverseOffers()).to.have.length(2);
  });
});

describe("maintenance: UP → DRAINING → DOWN → UP (HA-16)", () => {
  const down = (scenario: EngineScenario): void =>
    scenario.put({ kind: "maintenanceStarted", machines: [N1] });
  const up = (scenario: EngineScenario): void =>
    scenario.put({ kind: "maintenanceStopped", machines: [N1] });

  it("shuts the agents of a machine that is brought down, after that is durable", () => {
    const scenario = MaintenanceScenario.withTask();
    scenario.schedule(windowOn("n1"));
    scenario.holdsWrites = true;
    down(scenario);
    expect(scenario.engine.state.agents.size).to.equal(1);
    expect(scenario.closed.has(scenario.link)).to.equal(false);
    scenario.releaseWrites();
    expect(scenario.agentEvents(scenario.link).slice(-2)).to.deep.equal([
      { type: "SHUTDOWN_EXECUTOR", term: 1, framework_id: scenario.id, executor_id: "t" },
      { type: "ERROR", term: 1, message: "Operator initiated 'Machine DOWN'" },
    ]);
    expect(scenario.closed.has(scenario.link)).to.equal(true);
    expect(scenario.engine.state.agents.size).to.equal(0);
    expect(scenario.updates("fw").at(-1)).to.deep.include({
      state: "TASK_GONE",
      reason: "REASON_AGENT_REMOVED",
    });
    expect(maintenanceStatus(scenario.engine.state)).to.deep.equal({ down_machines: [N1] });
  });

  it("lets no agent of a machine in that is down, and lets it in when it is up", () => {
    const scenario = MaintenanceScenario.make();
    scenario.schedule(windowOn("n1"));
    down(scenario);
    const refused = scenario.agent("N1");
    expect(scenario.agentEvents(refused)).to.deep.equal([
      { type: "ERROR", term: 1, message: "Machine is `DOWN`" },
    ]);
    expect(scenario.closed.has(refused)).to.equal(true);
    scenario.schedule();
    up(scenario);
    const back = scenario.agent("n1");
    expect(scenario.agentEvents(back)[0]?.type).to.equal("SUBSCRIBED");
    expect(maintenanceStatus(scenario.engine.state)).to.deep.equal({});
  });

  it("is over for a machine whose window stays in the schedule, until that window changes", () => {
    const scenario = MaintenanceScenario.make();
    scenario.schedule(windowOn("n1"));
    down(scenario);
    up(scenario);
    expect(maintenanceSchedule(scenario.engine.state)).to.deep.equal({});
    scenario.agent("n1");
    expect(wireOffer(scenario.lastOffer("fw")).unavailability).to.equal(undefined);
    scenario.schedule(windowOn("n1", 9_000_000));
    expect(maintenanceSchedule(scenario.engine.state).windows).to.have.length(1);
    expect(scenario.writes.filter(({ record }) => record === "machine").at(-1)).to.deep.equal({
      kind: "delete",
      record: "machine",
      key: machineKey(N1),
    });
  });

  it("is kept through a failover (HA-05)", () => {
    const before = MaintenanceScenario.make();
    before.schedule(windowOn("n1"));
    down(before);
    const machines = before.writes.flatMap((write) =>
      write.kind === "put" && write.record === "machine"
        ? [{ key: write.key, value: write.value as never }]
        : [],
    );
    const after = new EngineScenario({
      config: { maintenanceWindows: [windowOn("n1")] },
      records: { ...NO_RECORDS, machines },
      term: 2,
    });
    expect(maintenanceStatus(after.engine.state)).to.deep.equal({ down_machines: [N1] });
    expect(maintenanceSchedule(after.engine.state).windows).to.deep.equal([
      { machine_ids: [N1], unavailability: UNAVAILABILITY },
    ]);
    const refused = after.agent("n1");
    expect(after.agentEvents(refused)[0]?.type).to.equal("ERROR");
  });

  it("does not let in an agent whose machine went DOWN while its record was written (HA-16)", () => {
    const scenario = new EngineScenario();
    scenario.holdsWrites = true;
    const link = scenario.agent("a");
    scenario.put({ kind: "machinesDownRecorded", machines: [{ hostname: "a" }] });
    scenario.releaseWrites();
    expect(scenario.agentEvents(link).map(({ type }) => type)).to.deep.equal(["ERROR"]);
    expect(scenario.engine.state.agents.size).to.equal(0);
  });
});
