import { expect } from "chai";
import type { OfferOperation } from "../../../../src/api/mesos/offer.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import {
  create,
  createDisk,
  destroy,
  destroyDisk,
  grow,
  providedDisk,
  reserve,
  shrink,
  unreserve,
  wire,
  withId,
} from "../../../support/mesos/operations.ts";
import { OperatingScenario, sorted } from "../../../support/mesos/operating-scenario.ts";

const RAW = providedDisk("RAW", { profile: "fast" });
const MOUNTED = providedDisk("MOUNT", { id: "v1" });
const VOLUME = "disk(web)[v:data]:20";

interface Row {
  readonly checkpointed?: string;
  readonly provided?: typeof RAW;
  readonly valid: OfferOperation;
  readonly invalid: OfferOperation;
  /** What there is on the agent once the operation succeeded. */
  readonly after: string;
}

const REST = "mem:1000;ports:[31000-31009]";
const rows: Record<string, Row> = {
  RESERVE: {
    valid: reserve("cpus(web):1"),
    invalid: reserve("cpus(web):9"),
    after: `${REST};cpus:3;disk:100;cpus(web):1`,
  },
  UNRESERVE: {
    checkpointed: "cpus(web):1",
    valid: unreserve("cpus(web):1"),
    invalid: unreserve("cpus(web):2"),
    after: `${REST};cpus:4;disk:100`,
  },
  CREATE: {
    checkpointed: "disk(web):20",
    valid: create(VOLUME),
    invalid: create("disk(web)[v:data]:21"),
    after: `${REST};cpus:4;disk:80;${VOLUME}`,
  },
  DESTROY: {
    checkpointed: VOLUME,
    valid: destroy(VOLUME),
    invalid: destroy("disk(web)[w:data]:20"),
    after: `${REST};cpus:4;disk:80;disk(web):20`,
  },
  GROW_VOLUME: {
    checkpointed: `${VOLUME};disk(web):5`,
    valid: grow(VOLUME, "disk(web):5"),
    invalid: grow(VOLUME, "disk(web):6"),
    after: `${REST};cpus:4;disk:75;disk(web)[v:data]:25`,
  },
  SHRINK_VOLUME: {
    checkpointed: VOLUME,
    valid: shrink(VOLUME, 5),
    invalid: shrink(VOLUME, 20),
    after: `${REST};cpus:4;disk:80;disk(web)[v:data]:15;disk(web):5`,
  },
  CREATE_DISK: {
    provided: RAW,
    valid: createDisk(RAW),
    invalid: createDisk(MOUNTED),
    after: `${REST};cpus:4;disk[MOUNT:v1]:100`,
  },
  DESTROY_DISK: {
    provided: MOUNTED,
    valid: destroyDisk(MOUNTED),
    invalid: destroyDisk(RAW),
    after: `${REST};cpus:4;disk[RAW]:100`,
  },
};

/** What the provider of the table makes of a disk. */
const MADE: Record<string, typeof RAW> = {
  CREATE_DISK: MOUNTED,
  DESTROY_DISK: providedDisk("RAW"),
};

function scene(row: Row, feedback: boolean): OperatingScenario {
  return new OperatingScenario({
    feedback,
    checkpointed: row.checkpointed ?? "",
    ...(row.provided === undefined
      ? {}
      : {
          agentInfo: {
            hostname: "a",
            resources: [...wire("cpus:4;mem:1000;ports:[31000-31009]"), row.provided],
          },
        }),
  });
}

function finish(scenario: OperatingScenario, type: string): void {
  const made = MADE[type];
  scenario.answer("OPERATION_FINISHED", made === undefined ? {} : { converted_resources: [made] });
}

describe("operations on offers (MES-16): every one × {id, none} × {feedback, none}", () => {
  for (const [type, row] of Object.entries(rows)) {
    describe(type, () => {
      it("with an id: is told to the framework, and kept until it acknowledges", () => {
        const scenario = scene(row, true);
        scenario.accept([withId(row.valid, "op")]);
        expect(scenario.applied().map(({ operation }) => operation.type)).to.deep.equal([type]);
        expect(scenario.told()).to.deep.equal([]);
        finish(scenario, type);
        finish(scenario, type);
        expect(scenario.told().map(({ state }) => state)).to.deep.equal([
          "OPERATION_FINISHED",
          "OPERATION_FINISHED",
        ]);
        expect(scenario.told()[0]?.operation_id?.value).to.equal("op");
        expect(scenario.told()[0]?.uuid?.value).to.be.a("string");
        expect(scenario.acknowledged()).to.deep.equal([]);
        scenario.acknowledge("op");
        expect(scenario.acknowledged().map(({ operation_uuid }) => operation_uuid)).to.deep.equal(
          scenario.applied().map(({ operation_uuid }) => operation_uuid),
        );
        expect(scenario.agent.operations.size).to.equal(0);
        expect(scenario.offered()).to.equal(sorted(row.after));
      });

      it("without an id: is applied, and acknowledged by the master", () => {
        const scenario = scene(row, true);
        scenario.accept([row.valid]);
        finish(scenario, type);
        expect(scenario.told()).to.deep.equal([]);
        expect(scenario.acknowledged()).to.have.length(1);
        expect(scenario.agent.operations.size).to.equal(0);
        expect(scenario.offered()).to.equal(sorted(row.after));
      });

      it("with an id, on an agent without feedback: is an error, and nothing is done", () => {
        const scenario = scene(row, false);
        const before = scenario.offered();
        scenario.accept([withId(row.valid, "op")]);
        expect(scenario.told().map(({ state, uuid }) => [state, uuid])).to.deep.equal([
          ["OPERATION_ERROR", undefined],
        ]);
        expect(scenario.applied()).to.deep.equal([]);
        expect(scenario.offered()).to.equal(before);
      });

      it("without an id, on an agent without feedback: is sent and forgotten", () => {
        const scenario = scene(row, false);
        const before = scenario.offered();
        scenario.accept([row.valid]);
        expect([scenario.told(), scenario.agent.operations.size]).to.deep.equal([[], 0]);
        // Of disks only the agent can say what they became: such an operation is not begun.
        const isBegun = MADE[type] === undefined;
        expect(scenario.applied()).to.have.length(isBegun ? 1 : 0);
        expect(scenario.offered()).to.equal(isBegun ? sorted(row.after) : before);
      });

      for (const feedback of [true, false]) {
        it(`invalid, ${feedback ? "with" : "without"} feedback: is told with an id, dropped without`, () => {
          const scenario = scene(row, feedback);
          const before = scenario.offered();
          scenario.accept([row.invalid]);
          expect(scenario.told()).to.deep.equal([]);
          expect(scenario.offered()).to.equal(before);
          scenario.accept([withId(row.invalid, "op")]);
          expect(scenario.told().map(({ state, uuid }) => [state, uuid])).to.deep.equal([
            ["OPERATION_ERROR", undefined],
          ]);
          expect(scenario.told()[0]?.message).to.be.a("string");
          expect(scenario.applied()).to.deep.equal([]);
          expect(scenario.offered()).to.equal(before);
        });

        it(`agent lost, ${feedback ? "with" : "without"} feedback: whoever waits is told`, () => {
          for (const id of ["op", undefined]) {
            const scenario = scene(row, feedback);
            const { agentId } = scenario;
            scenario.accept([id === undefined ? row.valid : withId(row.valid, id)]);
            const before = scenario.told().length;
            scenario.engine.silence(scenario.link);
            scenario.engine.pass(30_000);
            const waits = feedback && id !== undefined;
            expect(
              scenario
                .told()
                .slice(before)
                .map(({ state, uuid }) => [state, uuid]),
            ).to.deep.equal(waits ? [["OPERATION_UNREACHABLE", undefined]] : []);
            expect(scenario.reconcile("op", agentId)).to.include({
              state: "OPERATION_UNREACHABLE",
              message: "Reconciliation: Agent is unreachable",
            });
          }
        });
      }

      it("failed at the agent: nothing of it is left", () => {
        const scenario = scene(row, true);
        const before = scenario.offered();
        scenario.accept([withId(row.valid, "op")]);
        scenario.answer("OPERATION_FAILED", { message: "the disk is full" });
        scenario.acknowledge("op");
        expect(scenario.told().map(({ state }) => state)).to.deep.equal(["OPERATION_FAILED"]);
        expect(scenario.offered()).to.equal(before);
        expect(formatResources(scenario.agent.checkpointed)).to.equal(row.checkpointed ?? "");
      });
    });
  }
});
