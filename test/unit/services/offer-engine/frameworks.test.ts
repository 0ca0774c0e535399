import { expect } from "chai";
import { asId, type FrameworkId } from "../../../../src/api/ids/ids.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { makeClusterConfig } from "../../../support/mesos/cluster-config.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

const FAILOVER = { framework_info: { user: "u", name: "fw", failover_timeout: 10 } };

describe("frameworks in the engine", () => {
  it("rescinds an offer nobody answered after the offer timeout, without filter (C01)", () => {
    const scenario = new EngineScenario();
    scenario.agent("a");
    scenario.framework("s");
    const first = scenario.lastOffer("s");
    scenario.pass(4900);
    expect(scenario.events("s").some(({ rescind }) => rescind !== undefined)).to.equal(false);
    scenario.pass(600);
    const rescinds = scenario.events("s").flatMap(({ rescind }) => (rescind ? [rescind] : []));
    expect(rescinds).to.deep.equal([{ offer_id: { value: first.id } }]);
    scenario.pass(50);
    expect(scenario.lastOffer("s").id).not.to.equal(first.id);
  });

  it("keeps offers for ever with offer timeout 0", () => {
    const scenario = new EngineScenario({ config: { offerTimeoutMs: 0 } });
    scenario.agent("a");
    scenario.framework("s");
    scenario.pass(60_000);
    expect(scenario.offers("s")).to.have.length(1);
  });

  it("declines for the time asked, 5 s when none is", () => {
    const scenario = new EngineScenario();
    scenario.agent("a");
    const id = scenario.framework("s");
    const decline = (): void =>
      scenario.call(id, {
        type: "DECLINE",
        decline: { offer_ids: [{ value: scenario.lastOffer("s").id }] },
      });
    decline();
    scenario.pass(4500);
    expect(scenario.offers("s")).to.have.length(1);
    scenario.pass(2000);
    expect(scenario.offers("s")).to.have.length(2);
  });

  it("revives: the filters of its roles are gone (MES-12)", () => {
    const scenario = new EngineScenario();
    scenario.agent("a");
    const id = scenario.framework("s");
    scenario.call(id, {
      type: "DECLINE",
      decline: {
        offer_ids: [{ value: scenario.lastOffer("s").id }],
        filters: { refuse_seconds: 3600 },
      },
    });
    scenario.call(id, { type: "REVIVE" });
    scenario.pass(50);
    expect(scenario.offers("s")).to.have.length(2);
  });

  it("suppresses: no new offers until it revives; a wrong role drops the whole call", () => {
    const scenario = new EngineScenario();
    const id = scenario.framework("s");
    scenario.call(id, { type: "SUPPRESS", suppress: { roles: ["nope"] } });
    scenario.call(id, { type: "SUPPRESS" });
    scenario.agent("a");
    scenario.pass(3000);
    expect(scenario.offers("s")).to.have.length(0);
    scenario.call(id, { type: "REVIVE", revive: { roles: ["*"] } });
    scenario.pass(50);
    expect(scenario.offers("s")).to.have.length(1);
  });

  it("ends a framework without failover timeout with its stream", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s");
    scenario.launch("s", id, "t1");
    scenario.put({ kind: "frameworkStreamClosed", streamId: "s" });
    expect(scenario.engine.state.frameworks.size).to.equal(0);
    const completed = scenario.engine.state.completed.get(asId<FrameworkId>(id));
    expect(completed?.framework.completedTasks.map(({ state }) => state)).to.deep.equal([
      "TASK_KILLED",
    ]);
    expect(scenario.agentEvents(link).at(-1)).to.deep.include({
      type: "SHUTDOWN_FRAMEWORK",
      framework_id: id,
    });
  });

  it("waits for the failover timeout, keeps tasks and drops events meanwhile (MES-19)", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", FAILOVER);
    scenario.launch("s", id, "t1");
    scenario.put({ kind: "frameworkStreamClosed", streamId: "s" });
    scenario.update(link, id, "t1", "TASK_RUNNING");
    scenario.pass(9000);
    const info = { ...FAILOVER.framework_info, id: { value: id } };
    expect(scenario.framework("s2", { framework_info: info })).to.equal(id);
    expect(scenario.engine.state.frameworks.get(asId<FrameworkId>(id))?.tasks.size).to.equal(1);
    scenario.put({ kind: "frameworkStreamClosed", streamId: "s2" });
    scenario.pass(10_500);
    expect(scenario.engine.state.completed.size).to.equal(1);
  });

  it("writes the deadline of a disconnected framework to the registry", () => {
    const scenario = new EngineScenario();
    scenario.framework("s", FAILOVER);
    scenario.put({ kind: "frameworkStreamClosed", streamId: "s" });
    const last = scenario.writes.filter(({ record }) => record === "framework").at(-1);
    expect(last?.kind === "put" && last.value).to.deep.include({
      connected: false,
      deadline_ms: scenario.nowMs + 10_000,
    });
  });

  it("keeps the last 50 completed frameworks (EXT-MES-04)", () => {
    const scenario = new EngineScenario();
    for (let n = 0; n < 60; n += 1) {
      const id = scenario.framework(`s${n}`);
      scenario.call(id, { type: "TEARDOWN" });
    }
    expect(scenario.engine.state.completed.size).to.equal(50);
  });

  it("keeps as many completed frameworks as the cluster asks for, in the registry too", () => {
    const scenario = new EngineScenario({ config: { completedFrameworksMax: 2 } });
    const ids = ["s1", "s2", "s3"].map((streamId) => scenario.framework(streamId));
    for (const id of ids) scenario.call(id, { type: "TEARDOWN" });
    expect([...scenario.engine.state.completed.keys()]).to.deep.equal(ids.slice(1));
    scenario.put({
      kind: "configChanged",
      config: makeClusterConfig({ completedFrameworksMax: 0 }),
    });
    scenario.call(scenario.framework("s4"), { type: "TEARDOWN" });
    expect(scenario.engine.state.completed.size).to.equal(0);
    const kept = new Set<string>();
    for (const { kind, record, key } of scenario.writes) {
      if (record !== "completed") continue;
      if (kind === "put") kept.add(key);
      else kept.delete(key);
    }
    expect([...kept]).to.deep.equal([]);
  });

  it("lets no role in that is not on the list", () => {
    const scenario = new EngineScenario({ config: { rolesAllowed: ["web"] } });
    scenario.framework("s", { framework_info: { user: "u", name: "n", roles: ["db"] } });
    expect(scenario.events("s")[0]?.error?.message).to.equal(
      "Roles { db } are not present in the master's --roles",
    );
    expect(scenario.closed.has("s")).to.equal(true);
  });

  it("never lets a framework change its principal; user and checkpoint stay as they were", () => {
    const scenario = new EngineScenario();
    const info = { user: "alice", name: "n", principal: "p", failover_timeout: 60 };
    const id = scenario.framework("s", { framework_info: info });
    const again = { ...info, user: "bob", checkpoint: true, id: { value: id } };
    scenario.framework("s2", { framework_info: again });
    const framework = scenario.engine.state.frameworks.get(asId<FrameworkId>(id));
    expect([framework?.info.user, framework?.info.checkpoint]).to.deep.equal(["alice", undefined]);
    scenario.framework("s3", { framework_info: { ...again, principal: "q" } });
    expect(scenario.events("s3")[0]?.error?.message).to.equal(
      "Changing framework's principal is not allowed.",
    );
  });

  it("blocks a slow reader and goes on when it has caught up", () => {
    const scenario = new EngineScenario();
    scenario.framework("s");
    scenario.put({ kind: "frameworkStreamBlocked", streamId: "s", blocked: true });
    scenario.agent("a");
    scenario.pass(2000);
    expect(scenario.offers("s")).to.have.length(0);
    scenario.put({ kind: "frameworkStreamBlocked", streamId: "s", blocked: false });
    scenario.pass(50);
    expect(scenario.offers("s")).to.have.length(1);
  });

  it("shares by weights that change while it runs, and rescinds what is out", () => {
    const scenario = new EngineScenario();
    scenario.agent("a");
    scenario.framework("s", { framework_info: { user: "u", name: "n", roles: ["web"] } });
    const config = { ...scenario.engine.config, roles: [{ name: "web", weight: 3 }] };
    scenario.put({ kind: "configChanged", config });
    expect(scenario.events("s").at(-1)?.type).to.equal("RESCIND");
  });

  it("holds a role to its quota limit", () => {
    const scenario = new EngineScenario({
      config: { roles: [{ name: "web", weight: 1, limitsMilli: { cpus: 2000, mem: 512_000 } }] },
    });
    scenario.agent("a");
    scenario.framework("s", { framework_info: { user: "u", name: "n", roles: ["web"] } });
    expect(formatResources(scenario.lastOffer("s").resources)).to.equal("cpus:2;mem:512");
  });
});
