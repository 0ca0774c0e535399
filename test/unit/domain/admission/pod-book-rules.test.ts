import { expect } from "chai";
import { agentOf, BookDesk } from "../../../support/admission/book-desk.ts";
import { makeRuledNode, type PodParts } from "../../../support/admission/make-gated-pod.ts";

describe("PodBook", () => {
  describe("node rules and constraints", () => {
    const canRun = (desk: BookDesk, name: string, node: string): boolean => {
      const entry = desk.book.entries().find(({ pod }) => pod.name === name);
      return entry !== undefined && desk.book.canRunOn(entry, agentOf(node));
    };

    it("follow the labels of the node, and tell the allocator to look again", () => {
      const desk = new BookDesk();
      desk.see({ name: "a", spec: { nodeSelector: { disk: "ssd" } } });
      expect(canRun(desk, "a", "n1")).to.equal(false);
      const node = makeRuledNode("n1", { labels: { disk: "ssd" } });
      expect(desk.take({ kind: "nodeSeen", node })).to.deep.equal(["updated m-n1"]);
      expect(canRun(desk, "a", "n1")).to.equal(true);
      expect(desk.take({ kind: "nodeSeen", node })).to.deep.equal([]);
    });

    it("count admitted pods of the same version only, and announce the others again when one ends", () => {
      const desk = new BookDesk();
      const unique = (name: string, version: string): PodParts => ({
        name,
        labels: { "marathon.orchestrator.io/app": "shop" },
        annotations: {
          "marathon.orchestrator.io/version": version,
          "orchestrator.io/constraints": '[["hostname","UNIQUE"]]',
        },
      });
      for (const name of ["a", "b"]) desk.see(unique(name, "v1"));
      desk.see(unique("c", "v2"));
      expect(desk.decide("a")).to.deep.equal(["patch uid-a for m-n1", "again *"]);
      expect(canRun(desk, "b", "n1")).to.equal(false);
      expect(canRun(desk, "b", "n2")).to.equal(true);
      expect(canRun(desk, "c", "n1")).to.equal(true);
      expect(desk.end("a", { kind: "gone" })).to.deep.equal(["gone uid-a", "window 32", "again *"]);
      expect(canRun(desk, "b", "n1")).to.equal(true);
    });
  });
});
