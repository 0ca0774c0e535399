import { expect } from "chai";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { Pod } from "../../support/kubernetes/stand-ins/pods.ts";
import { SimulatedClusterWorld } from "../../support/mesos-cluster/simulated-cluster-world.ts";

describe("MesosCluster status", () => {
  it("is not Ready for a generation that is still to be rolled out", async () => {
    const world = new SimulatedClusterWorld();
    world.write();
    await world.start();
    await world.settle();
    const wrong: string[] = [];
    world.kube.interceptAnswer = () => {
      const { metadata, status } = world.cluster!;
      const images = world.kube
        .peek<Pod>(KINDS.Pod)
        .map(({ spec }) => spec.containers[0]?.image ?? "");
      const isDone = images.every((image) => image === "orchestrator:2");
      const isSaid = status?.observedGeneration === metadata.generation;
      if (isSaid && status?.phase === "Ready" && !isDone) wrong.push(images.join(" "));
    };
    world.write({ image: "orchestrator:2" });
    await world.settle();
    await world.stop();
    expect(wrong).to.deep.equal([]);
    expect(world.cluster?.status?.phase).to.equal("Ready");
    expect(world.cluster?.status?.observedGeneration).to.equal(world.cluster?.metadata.generation);
  });
});
