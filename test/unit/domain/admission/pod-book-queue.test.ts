import { expect } from "chai";
import { ADMISSION_RULES } from "../../../support/admission/admission-rules.ts";
import { BookDesk, OPENED_AT_MS } from "../../../support/admission/book-desk.ts";
import type { PodParts } from "../../../support/admission/make-gated-pod.ts";

describe("PodBook", () => {
  describe("what keeps a gated pod from the queue", () => {
    it("a faulty annotation, named in one event", () => {
      const desk = new BookDesk();
      expect(desk.see({ name: "a", role: "-x" })).to.deep.equal(["note a InvalidRole"]);
      expect(desk.see({ name: "a", role: "-x", resourceVersion: "2" })).to.deep.equal([]);
      expect(desk.see({ name: "a", role: "x", resourceVersion: "3" })).to.deep.equal([
        "waiting uid-a",
      ]);
    });

    it("admission switched off, until it is switched on", () => {
      const desk = new BookDesk({ isEnabled: false });
      expect(desk.see({ name: "a" })).to.deep.equal([]);
      expect(desk.take({ kind: "rulesChanged", rules: ADMISSION_RULES })).to.deep.equal([
        "waiting uid-a",
      ]);
      const off = { ...ADMISSION_RULES, isEnabled: false };
      expect(desk.take({ kind: "rulesChanged", rules: off })).to.deep.equal(["gone uid-a"]);
    });

    it("the need of a node of our choice while pin is Never", () => {
      const desk = new BookDesk({ pin: "Never" });
      const annotations = { "orchestrator.io/dynamic-ports": "1" };
      expect(desk.see({ name: "a", annotations })).to.deep.equal(["note a UnfulfilledConstraint"]);
    });

    it("the launch delay of its app, until it is over", () => {
      const desk = new BookDesk();
      const app = {
        kind: "appSeen",
        appKey: "default/shop",
        rules: { delayUntilMs: OPENED_AT_MS + 5000, launchRatePerMinute: 0 },
      } as const;
      desk.take(app);
      const labels = { "marathon.orchestrator.io/app": "shop" };
      expect(desk.see({ name: "a", labels })).to.deep.equal([]);
      expect(desk.book.delayUntilMs("default/shop", OPENED_AT_MS)).to.equal(OPENED_AT_MS + 5000);
      expect(desk.wait(4999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["waiting uid-a"]);
    });

    it("the launches its app has had within a minute", () => {
      const desk = new BookDesk();
      const labels = { "marathon.orchestrator.io/app": "shop" };
      desk.take({ kind: "appSeen", appKey: "default/shop", rules: { launchRatePerMinute: 2 } });
      desk.see({ name: "c", labels, createdAt: "2026-01-01T00:00:03Z" });
      desk.see({ name: "b", labels, createdAt: "2026-01-01T00:00:02Z" });
      expect(desk.see({ name: "a", labels, createdAt: "2026-01-01T00:00:01Z" })).to.deep.equal([
        "waiting uid-a",
        "gone uid-c",
      ]);
      desk.decide("a");
      desk.wait(1000);
      desk.decide("b");
      expect(desk.wait(58_999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["waiting uid-c"]);
    });
  });

  describe("what changes while a pod waits", () => {
    const CHANGES: Record<string, PodParts> = {
      "its role": { role: "web" },
      "its priority": { spec: { priority: 7 } },
      "its request": { cpu: "2" },
      "its constraints": { annotations: { "orchestrator.io/constraints": '[["rack","UNIQUE"]]' } },
      "its node selector": { spec: { nodeSelector: { disk: "ssd" } } },
    };
    for (const [what, change] of Object.entries(CHANGES)) {
      it(`is told to the allocator: ${what}`, () => {
        const desk = new BookDesk();
        desk.see({ name: "a" });
        const told = desk.see({ name: "a", resourceVersion: "2", ...change });
        expect(told).to.deep.equal(["waiting uid-a"]);
      });
    }

    it("decides where it may run", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      expect(desk.mayRun("a", "n1")).to.equal(true);
      desk.see({ name: "a", resourceVersion: "2", spec: { nodeSelector: { disk: "ssd" } } });
      expect(desk.mayRun("a", "n1")).to.equal(false);
    });

    it("is not told where it concerns nobody", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      const annotations = { note: "hello" };
      expect(desk.see({ name: "a", resourceVersion: "2", annotations })).to.deep.equal([]);
    });
  });
});
