import { expect } from "chai";
import {
  admitted,
  agentOf,
  BookDesk,
  makeAgent,
  uidOf,
} from "../../../support/admission/book-desk.ts";
import { makeRuledNode, type PodParts } from "../../../support/admission/make-gated-pod.ts";

describe("PodBook", () => {
  describe("from the gate to the node", () => {
    it("shows a gated pod to the allocator once", () => {
      const desk = new BookDesk();
      expect(desk.see({ name: "a" })).to.deep.equal(["waiting uid-a"]);
      expect(desk.see({ name: "a", resourceVersion: "2" })).to.deep.equal([]);
    });

    it("patches what the allocator charged, and keeps the charge through admission and binding", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      expect(desk.decide("a")).to.deep.equal(["patch uid-a for m-n1"]);
      expect(desk.end("a", { kind: "admitted" }, admitted())).to.deep.equal(["window 32"]);
      expect(desk.see({ ...admitted(), resourceVersion: "3", nodeName: "n1" })).to.deep.equal([]);
    });

    it("moves the charge when the scheduler chose another node", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      desk.decide("a");
      desk.end("a", { kind: "admitted" }, admitted());
      expect(desk.see({ ...admitted(), resourceVersion: "3", nodeName: "n2" })).to.deep.equal([
        "placed uid-a on m-n2",
      ]);
    });

    it("keeps the charge where room was booked while the node it was bound to has no agent (MES-14)", () => {
      const desk = new BookDesk({}, ["n1"]);
      desk.see({ name: "a" });
      desk.decide("a");
      desk.end("a", { kind: "admitted" }, admitted());
      expect(desk.see({ ...admitted(), resourceVersion: "3", nodeName: "n2" })).to.deep.equal([]);
      desk.take({ kind: "nodeSeen", node: makeRuledNode("n2") });
      expect(desk.take({ kind: "agentKnown", agent: makeAgent("n2") })).to.deep.equal([
        "placed uid-a on m-n2",
      ]);
    });

    it("releases the charge when the pod is over, once", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      desk.decide("a");
      desk.end("a", { kind: "admitted" }, admitted());
      const over: PodParts = { ...admitted(), resourceVersion: "4", phase: "Succeeded" };
      expect(desk.see(over)).to.deep.equal(["gone uid-a"]);
      expect(desk.take({ kind: "podDeleted", uid: uidOf("a") })).to.deep.equal([]);
    });

    it("is not confused by news that are older than the answer to its own patch", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      desk.decide("a");
      desk.end("a", { kind: "admitted" }, { ...admitted(), resourceVersion: "10" });
      expect(desk.see({ name: "a", resourceVersion: "9" })).to.deep.equal([]);
    });

    it("takes a watch event that overtook the patch's answer for what it is", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      desk.decide("a");
      expect(desk.see({ ...admitted(), nodeName: "n1" })).to.deep.equal(["window 32"]);
      expect(desk.end("a", { kind: "admitted" }, admitted())).to.deep.equal([]);
    });
  });

  describe("pods that nobody admitted", () => {
    it("charges a pod bound without us where it is, and says so", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      expect(
        desk.see({ name: "a", resourceVersion: "2", gated: false, nodeName: "n2" }),
      ).to.deep.equal(["placed uid-a on m-n2", "note a AdoptedWithoutAdmission"]);
    });

    it("takes a pod out of the queue whose gate somebody else removed", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      expect(desk.see({ name: "a", resourceVersion: "2", gated: false })).to.deep.equal([
        "gone uid-a",
      ]);
    });

    it("says once that an admitted pod finds no node for a minute", () => {
      const desk = new BookDesk();
      desk.see(admitted());
      expect(desk.wait(59_999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["note a AdmittedButUnbound"]);
      expect(desk.wait(60_000)).to.deep.equal([]);
    });

    it("says once that a pod waited longer than the gate timeout", () => {
      const desk = new BookDesk({ gateTimeoutMs: 30_000 });
      desk.see({ name: "a" });
      expect(desk.wait(29_999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["note a AdmissionTimeout"]);
      expect(desk.wait(30_000)).to.deep.equal([]);
    });
  });

  describe("a new leader", () => {
    it("charges admitted and placed pods from what the pods say, each once", () => {
      const desk = new BookDesk();
      expect(desk.see(admitted("n2"), true)).to.deep.equal(["placed uid-a on m-n2"]);
      expect(desk.see({ ...admitted("n2"), resourceVersion: "3", nodeName: "n2" })).to.deep.equal(
        [],
      );
    });

    it("charges pods of agents that come back later when they come", () => {
      const desk = new BookDesk({}, []);
      desk.take({ kind: "nodeSeen", node: makeRuledNode("n1") });
      expect(desk.see({ ...admitted(), nodeName: "n1" }, true)).to.deep.equal([]);
      expect(desk.take({ kind: "agentKnown", agent: makeAgent("n1") })).to.deep.equal([
        "placed uid-a on m-n1",
      ]);
    });

    it("charges again after an agent was removed and came back", () => {
      const desk = new BookDesk();
      desk.see({ ...admitted(), nodeName: "n1" }, true);
      expect(desk.take({ kind: "agentGone", agentId: agentOf("n1") })).to.deep.equal([]);
      expect(desk.take({ kind: "agentKnown", agent: makeAgent("n1") })).to.deep.equal([
        "placed uid-a on m-n1",
      ]);
    });
  });
});
