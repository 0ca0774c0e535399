import { expect } from "chai";
import type { AgentId } from "../../../../src/api/ids/ids.ts";
import type { RecordWrite } from "../../../../src/services/offer-engine/core/effects.ts";
import type { EngineInput } from "../../../../src/services/offer-engine/core/inputs.ts";
import { LASTING } from "../../../support/mesos/builders.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";
import { recordsAfter } from "../../../support/mesos/recorded.ts";

/** One agent, one framework that lasts, and the masters they meet one after the other. */
class Fleet {
  master = new EngineScenario();
  link = this.master.agent("a");
  frameworkId = this.master.framework("s", LASTING);
  readonly agentId: AgentId = this.master.agentIdOf(this.link);
  readonly #written: RecordWrite[] = [];

  /** The link goes down and the master notices. */
  hangUp(): void {
    this.master.silence(this.link);
    this.master.put({ kind: "agentLinkClosed", linkId: this.link });
  }

  /** The agent says nothing for so long. */
  silence(ms: number): void {
    this.master.silence(this.link);
    this.master.pass(ms);
  }

  async failover(): Promise<void> {
    this.#written.push(...this.master.writes);
    this.master = new EngineScenario({ records: await recordsAfter(this.#written), term: 2 });
    const info = { ...LASTING.framework_info, id: { value: this.frameworkId } };
    this.frameworkId = this.master.framework("s", { framework_info: info });
  }

  comeBack(tasks: readonly string[] = []): void {
    const { master, agentId, frameworkId } = this;
    this.link = master.agent("a", {
      agent_id: agentId,
      tasks: tasks.map((id) => master.reported(frameworkId, agentId, id, "TASK_RUNNING")),
    });
  }

  drain(markGone = false): void {
    const { agentId } = this;
    this.put({ kind: "agentDrained", agentId, markGone, maxGracePeriodMs: 5000 });
  }

  deactivate(deactivated = true): void {
    this.put({ kind: "agentDeactivationSet", agentId: this.agentId, deactivated });
  }

  reactivate(): void {
    this.deactivate(false);
  }

  put(input: EngineInput): void {
    this.master.put(input);
  }

  /** Whether anything of the agent is offered within the next 3 s. */
  get isOffered(): boolean {
    const before = this.master.offers("s").length;
    this.master.pass(3000);
    return this.master.offers("s").length > before || this.master.engine.state.offers.size > 0;
  }

  /** The last of DRAIN and REACTIVATE that the agent was told on its present link. */
  get told(): string | undefined {
    return this.master
      .agentEvents(this.link)
      .map(({ type }) => type)
      .findLast((type) => type === "DRAIN" || type === "REACTIVATE");
  }

  /** Kinds of the records that the Registry holds of the agent. */
  get records(): string[] {
    const held = new Set<string>();
    for (const { kind, record, key } of [...this.#written, ...this.master.writes]) {
      if (key !== this.agentId) continue;
      if (kind === "put") held.add(record);
      else held.delete(record);
    }
    return [...held].sort();
  }
}

/** What an operator may order, and what the agent hears of it whenever it comes back. */
const ORDERS: Record<string, { give: (fleet: Fleet) => void; told: string }> = {
  drained: { give: (fleet) => fleet.drain(), told: "DRAIN" },
  deactivated: { give: (fleet) => fleet.deactivate(), told: "REACTIVATE" },
  "drained and deactivated": {
    give: (fleet) => {
      fleet.drain();
      fleet.deactivate();
    },
    told: "DRAIN",
  },
};

/** Ways of an agent away from the master and back; `order` comes in where the table says so. */
const WAYS: Record<string, (fleet: Fleet, order: () => void) => void | Promise<void>> = {
  "hangs up for 2 s": (fleet, order) => {
    order();
    fleet.hangUp();
    fleet.silence(2000);
  },
  "is silent for 30 s": (fleet, order) => {
    order();
    fleet.silence(30_000);
  },
  "is silent for 30 s, twice": (fleet, order) => {
    order();
    fleet.silence(30_000);
    fleet.comeBack();
    fleet.silence(30_000);
  },
  "is away when the master fails over": async (fleet, order) => {
    order();
    await fleet.failover();
  },
  "is unreachable when the master fails over": async (fleet, order) => {
    order();
    fleet.silence(30_000);
    await fleet.failover();
  },
  "is back from unreachable when the master fails over": async (fleet, order) => {
    order();
    fleet.silence(30_000);
    fleet.comeBack();
    await fleet.failover();
  },
  "is given up after a failover": async (fleet, order) => {
    order();
    await fleet.failover();
    fleet.master.pass(601_000);
  },
  "is given up after a failover, and the master fails over again": async (fleet, order) => {
    order();
    await fleet.failover();
    fleet.master.pass(601_000);
    await fleet.failover();
  },
  "is down when the order comes": (fleet, order) => {
    fleet.hangUp();
    order();
  },
  "is unreachable when the order comes": (fleet, order) => {
    fleet.silence(30_000);
    order();
  },
  "is unreachable when the order comes, then the master fails over": async (fleet, order) => {
    fleet.silence(30_000);
    order();
    await fleet.failover();
  },
  "is awaited after a failover when the order comes": async (fleet, order) => {
    await fleet.failover();
    order();
  },
  "is being recorded as unreachable when the order comes": async (fleet, order) => {
    fleet.master.holdsWrites = true;
    fleet.silence(30_000);
    order();
    fleet.master.releaseWrites();
    await fleet.failover();
  },
  "is being admitted again when the order comes": async (fleet, order) => {
    fleet.silence(30_000);
    fleet.master.holdsWrites = true;
    fleet.comeBack();
    order();
    fleet.master.releaseWrites();
    await fleet.failover();
  },
};

describe("what operators ordered holds wherever the agent is (spec/mesos.md 10)", () => {
  for (const [name, { give, told }] of Object.entries(ORDERS)) {
    for (const [way, go] of Object.entries(WAYS)) {
      it(`offers nothing of an agent that was ${name} and ${way}`, async () => {
        const fleet = new Fleet();
        await go(fleet, () => give(fleet));
        fleet.comeBack();
        expect([fleet.isOffered, fleet.told]).to.deep.equal([false, told]);
        fleet.reactivate();
        expect([fleet.isOffered, fleet.told, fleet.records]).to.deep.equal([
          true,
          "REACTIVATE",
          ["agent"],
        ]);
      });
    }
  }
});

describe("REACTIVATE_AGENT reaches an agent that was away (spec/agent.md 12)", () => {
  for (const [way, go] of Object.entries(WAYS)) {
    it(`takes launches again when it was drained, ${way}`, async () => {
      const fleet = new Fleet();
      fleet.drain();
      fleet.master.pass(1000);
      await go(fleet, () => fleet.reactivate());
      fleet.comeBack();
      expect([fleet.isOffered, fleet.told, fleet.records]).to.deep.equal([
        true,
        "REACTIVATE",
        ["agent"],
      ]);
    });
  }

  it("does not fire a drain that was taken back, at any later failover", async () => {
    const fleet = new Fleet();
    fleet.drain();
    fleet.silence(30_000);
    fleet.reactivate();
    fleet.comeBack();
    await fleet.failover();
    fleet.comeBack(["t1"]);
    expect([fleet.told, fleet.isOffered]).to.deep.equal(["REACTIVATE", true]);
  });
});

describe("draining with mark_gone", () => {
  it("goes on when the agent was unreachable: its tasks end first, then it is gone", () => {
    const fleet = new Fleet();
    fleet.master.launch("s", fleet.frameworkId, "t1");
    fleet.drain(true);
    fleet.silence(30_000);
    fleet.comeBack(["t1"]);
    fleet.master.pass(1000);
    expect([fleet.told, fleet.master.engine.state.gone.size]).to.deep.equal(["DRAIN", 0]);
    fleet.master.update(fleet.link, fleet.frameworkId, "t1", "TASK_GONE_BY_OPERATOR");
    fleet.master.acknowledge(fleet.frameworkId, fleet.link, "t1");
    fleet.master.pass(1000);
    expect([...fleet.master.engine.state.gone.keys()]).to.deep.equal([fleet.agentId]);
    expect(fleet.records).to.deep.equal(["gone"]);
  });

  it("leaves nothing of an agent that is marked gone while it is unreachable", () => {
    const fleet = new Fleet();
    fleet.drain(true);
    fleet.silence(500);
    fleet.put({ kind: "agentMarkedGone", agentId: fleet.agentId });
    fleet.deactivate();
    expect(fleet.records).to.deep.equal(["gone"]);
  });

  it("is forgotten with an agent that leaves for good", () => {
    const fleet = new Fleet();
    fleet.drain();
    fleet.master.agentCall(fleet.link, { type: "GOODBYE", reason: "remove", within_ms: 0 });
    expect(fleet.records).to.deep.equal([]);
  });
});

describe("an agent that is drained stays so", () => {
  it("knows after a failover that it was: it may be reactivated while it is away", async () => {
    const fleet = new Fleet();
    fleet.drain();
    fleet.master.pass(1000);
    fleet.silence(30_000);
    await fleet.failover();
    const lost = fleet.master.engine.state.unreachable.get(fleet.agentId);
    expect(lost?.draining).to.deep.equal({
      state: "DRAINED",
      markGone: false,
      maxGracePeriodMs: 5000,
    });
  });

  it("reads the records of versions that did not keep this", async () => {
    const records = await recordsAfter([
      {
        kind: "put",
        record: "unreachable",
        key: "old-S0",
        value: { info: { hostname: "a" }, since_ms: 1 },
      },
      { kind: "put", record: "drain", key: "old-S0", value: { mark_gone: true } },
    ]);
    const { unreachable } = new EngineScenario({ records }).engine.state;
    expect([...unreachable.values()][0]).to.deep.include({
      deactivatedByOperator: false,
      draining: { state: "DRAINING", markGone: true, maxGracePeriodMs: undefined },
    });
  });
});
