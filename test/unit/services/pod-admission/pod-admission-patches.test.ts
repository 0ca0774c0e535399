import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import { AdmissionWorld, type Leader } from "../../../support/admission/admission-world.ts";
import { charged, patches, useLeaders } from "../../../support/admission/use-leaders.ts";

describe("PodAdmission", () => {
  const lead = useLeaders();

  describe("when a patch fails", () => {
    async function failing(
      fail: (world: AdmissionWorld, nth: number) => void | Promise<void>,
    ): Promise<{ world: AdmissionWorld; leader: Leader }> {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:1;mem:100");
      world.pod({ name: "a" });
      let nth = 0;
      world.kube.intercept = ({ verb }) => (verb === "patch" ? fail(world, ++nth) : undefined);
      return { world, leader: await lead(world) };
    }

    it("409: the pod is decided again as it is now", async () => {
      const { world, leader } = await failing((at, nth) => {
        if (nth === 1) at.pod({ name: "a", annotations: { touched: "yes" } });
      });
      expect(world.open()).to.deep.equal(["a"]);
      expect(patches(world)).to.equal(2);
      expect(charged(leader)).to.equal(1000);
      expect(world.notes).to.deep.equal([]);
    });

    it("404: the charge is undone", async () => {
      const { leader } = await failing((at) => at.kube.remove(KINDS.Pod, "default/a"));
      expect(charged(leader)).to.equal(0);
    });

    for (const code of ["KUBE_FORBIDDEN", "KUBE_INVALID"] as const) {
      it(`${code}: the charge is undone, an event says why, the next try comes after 1 s`, async () => {
        const { world, leader } = await failing((_, nth) => {
          if (nth === 1) throw new OperatingError(code, "denied by policy");
        });
        expect(charged(leader)).to.equal(0);
        expect(world.notes).to.deep.equal([
          {
            pod: "a",
            type: "Warning",
            reason: "AdmissionRefused",
            action: "Admit",
            note: "denied by policy",
          },
        ]);
        await world.clock.advance(1000);
        expect(world.open()).to.deep.equal(["a"]);
        expect(world.meter.value("orchestrator_admission_refused_total")).to.equal(1);
      });
    }

    it("an answer that is lost: the pod is read, and stays charged when its gate is open", async () => {
      const world = new AdmissionWorld();
      world.node("n1", "cpus:1;mem:100");
      world.pod({ name: "a" });
      const patch = world.kube.patch.bind(world.kube);
      world.kube.patch = async (...given: Parameters<typeof patch>) => {
        await patch(...given);
        throw new OperatingError("KUBE_TIMEOUT", "no answer");
      };
      const leader = await lead(world);
      expect(world.open()).to.deep.equal(["a"]);
      expect(patches(world)).to.equal(1);
      expect(charged(leader)).to.equal(1000);
    });

    it("an answer that is lost before the server saw it: the pod is decided again", async () => {
      const { world, leader } = await failing((_, nth) => {
        if (nth === 1) throw new OperatingError("KUBE_UNAVAILABLE", "connection reset");
      });
      expect(world.open()).to.deep.equal(["a"]);
      expect(charged(leader)).to.equal(1000);
    });
  });
});
