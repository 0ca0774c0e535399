import { expect } from "chai";
import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { Leader } from "../../support/admission/admission-world.ts";
import { AdmissionWorld } from "../../support/admission/admission-world.ts";
import { chargeFault } from "../../support/admission/check-charges.ts";

const NODES = ["n1", "n2", "n3"];
const PODS = 24;
const ROOM = 15;

/** One leader dies at a chance moment, with patches of every fate under way; another takes over. */
async function runWorld(seed: number): Promise<{ fault: string | undefined; open: number }> {
  const world = new AdmissionWorld({ seed });
  const { random, clock, kube } = world;
  for (const name of NODES) world.node(name, `cpus:${ROOM / NODES.length};mem:10000`);
  for (let index = 0; index < PODS; index += 1) {
    world.pod({ name: `p-${index}`, role: index % 2 === 0 ? "a" : "b" });
  }
  const patch = kube.patch.bind(kube);
  kube.patch = async (...given: Parameters<typeof patch>) => {
    const fate = random.next();
    if (fate < 0.15) throw new OperatingError("KUBE_UNAVAILABLE", "lost on the way");
    if (fate < 0.25) throw new OperatingError("KUBE_FORBIDDEN", "not now");
    const stored = await patch(...given);
    if (fate < 0.4) throw new OperatingError("KUBE_TIMEOUT", "the answer was lost");
    return stored as never;
  };
  const first = await world.lead();
  await clock.advance(random.next() * 12);
  let leader: Leader = first;
  if (random.next() < 0.9) {
    first.kill();
    for (const name of world.open()) {
      const fate = random.next();
      if (fate < 0.4) world.bind(name, NODES[Math.floor(random.next() * NODES.length)] ?? "n1");
      else if (fate < 0.5) kube.remove(KINDS.Pod, `default/${name}`);
    }
    leader = await world.lead();
  }
  await clock.advance(400_000);
  const fault = chargeFault(world, leader);
  const open = world.open().length;
  leader.kill();
  return { fault, open };
}

describe("pod admission over a change of leader", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    it(`seed ${seed}: every open pod is charged once, and the room is used`, async () => {
      const { fault, open } = await runWorld(seed);
      expect(fault).to.equal(undefined);
      expect(open).to.be.at.least(ROOM);
    });
  }

  it("says the same for the same seed", async () => {
    expect(await runWorld(7)).to.deep.equal(await runWorld(7));
  });
});
