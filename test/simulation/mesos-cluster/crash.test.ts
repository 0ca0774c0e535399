import type { MesosClusterSpecInput } from "../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { expectToOutliveCrashes, type Slack } from "../../support/kubernetes/crash-sweep.ts";
import { BROKEN_IMAGE } from "../../support/kubernetes/stand-ins/pods.ts";
import { SimulatedClusterWorld } from "../../support/mesos-cluster/simulated-cluster-world.ts";

interface Transition {
  readonly given?: MesosClusterSpecInput;
  readonly when: (world: SimulatedClusterWorld) => Promise<void> | void;
  /** The world's `summary()` then. */
  readonly ends: string;
  readonly slack?: Partial<Slack>;
}

/** The second change meets the roll where it has got to, which is elsewhere after a crash. */
const MET_ELSEWHERE: Slack = { statuses: 6, otherWrites: 4, pods: 3 };

const three = { masters: { replicas: 3 } };

const transitions: Record<string, Transition> = {
  "gets two masters more": {
    when: (world) => world.write(three),
    ends: "3 of mesos-master-r1, 3 of mesos-agent-r1, 14 children, Ready",
  },
  "loses two masters": {
    given: three,
    when: (world) => world.write(),
    ends: "3 of mesos-agent-r1, 1 of mesos-master-r1, 13 children, Ready",
  },
  "rolls masters and agents to a new image": {
    given: three,
    when: (world) => world.write({ ...three, image: "orchestrator:2" }),
    ends: "3 of mesos-master-r2, 3 of mesos-agent-r2, 14 children, Ready",
  },
  "changes a setting of its agents": {
    when: (world) => world.write({ agents: { attributes: { static: { rack: "r1" } } } }),
    ends: "3 of mesos-agent-r1, 1 of mesos-master-r1, 13 children, Ready",
  },
  "changes again while it rolls": {
    when: async (world) => {
      world.write({ image: "orchestrator:2" });
      await world.pass(1_500);
      world.write({ image: "orchestrator:3" });
    },
    slack: MET_ELSEWHERE,
    ends: "3 of mesos-agent-r3, 1 of mesos-master-r3, 13 children, Ready",
  },
  "goes back from an image that does not start": {
    when: async (world) => {
      world.write({ image: BROKEN_IMAGE });
      await world.pass(200_000);
    },
    ends: "3 of mesos-agent-r1, 1 of mesos-master-r1, 13 children, Stalled",
  },
  "loses its agents": {
    when: (world) => world.write({ agents: { enabled: false } }),
    ends: "1 of mesos-master-r1, 7 children, Ready",
  },
  "is paused while it rolls, and let go on": {
    given: three,
    when: async (world) => {
      world.write({ ...three, image: "orchestrator:2" });
      await world.pass(1_500);
      world.write({ ...three, image: "orchestrator:2", paused: true });
      await world.settle();
      world.write({ ...three, image: "orchestrator:2" });
    },
    slack: MET_ELSEWHERE,
    ends: "3 of mesos-master-r2, 3 of mesos-agent-r2, 14 children, Ready",
  },
  "is changed while paused, and let go on": {
    when: async (world) => {
      world.write({ ...three, paused: true });
      await world.settle();
      world.write(three);
    },
    ends: "3 of mesos-master-r1, 3 of mesos-agent-r1, 14 children, Ready",
  },
  "moves its masters beside the operator": {
    when: (world) => {
      world.startOperatorPod();
      world.write({ masters: { placement: "Sidecar" } });
    },
    ends: "3 of mesos-agent-r1, 10 children, Ready",
  },
  "is deleted with tasks": {
    when: async (world) => {
      world.startTasks(3);
      await world.delete();
    },
    ends: "0 children, gone",
  },
  "is deleted while it rolls": {
    given: three,
    when: async (world) => {
      world.write({ ...three, image: "orchestrator:2" });
      await world.pass(1_500);
      await world.delete();
    },
    slack: MET_ELSEWHERE,
    ends: "0 children, gone",
  },
  "is made anew at once after it was deleted": {
    when: async (world) => {
      await world.delete();
      world.write();
    },
    ends: "3 of mesos-agent-r1, 1 of mesos-master-r1, 13 children, Ready",
  },
  "is deleted with deletionPolicy Orphan": {
    when: async (world) => {
      world.write({ deletionPolicy: "Orphan" });
      await world.settle();
      await world.delete();
    },
    ends: "3 of mesos-agent-r1, 1 of mesos-master-r1, 13 children, gone",
  },
  "takes its orphans back": {
    given: { deletionPolicy: "Orphan" },
    when: async (world) => {
      await world.delete();
      await world.settle();
      world.write();
    },
    ends: "3 of mesos-agent-r1, 1 of mesos-master-r1, 13 children, Ready",
  },
};

/** A fresh process does not know what the last one said last. */
const SLACK: Slack = { statuses: 3, otherWrites: 0, pods: 0 };

describe("MesosCluster controller that dies after any write of a transition", function () {
  this.timeout(60_000);
  for (const [name, { given, slack, ...transition }] of Object.entries(transitions)) {
    it(`ends as if it had lived when a cluster ${name}`, () =>
      expectToOutliveCrashes({
        world: (from?: SimulatedClusterWorld) => new SimulatedClusterWorld(from),
        given: (world) => world.write(given),
        ...transition,
        slack: { ...SLACK, ...slack },
      }));
  }
});
