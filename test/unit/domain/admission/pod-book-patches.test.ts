import { expect } from "chai";
import { admitted, BookDesk } from "../../../support/admission/book-desk.ts";
import type { PodParts } from "../../../support/admission/make-gated-pod.ts";

describe("PodBook", () => {
  describe("outcomes of a patch", () => {
    const patching = (): BookDesk => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      desk.decide("a");
      return desk;
    };

    it("409: undoes the charge and decides the fresh pod again", () => {
      const fresh: PodParts = { name: "a", resourceVersion: "2" };
      expect(patching().end("a", { kind: "stale" }, fresh)).to.deep.equal([
        "failed uid-a",
        "window 32",
        "waiting uid-a",
      ]);
    });

    it("409 after an answer that was lost: the fresh pod is admitted, the charge stays", () => {
      expect(patching().end("a", { kind: "stale" }, admitted())).to.deep.equal(["window 32"]);
    });

    it("404: undoes the charge and forgets the pod", () => {
      const desk = patching();
      expect(desk.end("a", { kind: "gone" })).to.deep.equal(["gone uid-a", "window 32"]);
      expect(desk.book.entries()).to.deep.equal([]);
    });

    it("403 and 422: undoes the charge, says why, and waits 1 s, 2 s, … 5 min", () => {
      const desk = patching();
      expect(desk.end("a", { kind: "refused", message: "denied" })).to.deep.equal([
        "failed uid-a",
        "window 32",
        "note a AdmissionRefused",
      ]);
      expect(desk.wait(999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["waiting uid-a"]);
      desk.decide("a");
      desk.end("a", { kind: "refused", message: "denied" });
      expect(desk.wait(1999)).to.deep.equal([]);
      expect(desk.wait(1)).to.deep.equal(["waiting uid-a"]);
    });

    it("gives a decision back whose node is unknown", () => {
      const desk = new BookDesk();
      desk.see({ name: "a" });
      expect(desk.decide("a", "n9")).to.deep.equal(["failed uid-a"]);
      expect(desk.wait(1000)).to.deep.equal(["waiting uid-a"]);
    });

    it("gives a decision back whose pod is gone", () => {
      const desk = new BookDesk();
      expect(desk.decide("a")).to.deep.equal(["failed uid-a"]);
    });
  });
});
