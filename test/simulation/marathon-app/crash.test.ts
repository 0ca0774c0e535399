import { expectToOutliveCrashes, type Slack } from "../../support/kubernetes/crash-sweep.ts";
import { SimulatedAppWorld } from "../../support/marathon/simulated-app-world.ts";

interface Transition {
  /** The app as it runs before; see {@link SimulatedAppWorld.write} for its defaults. */
  readonly given?: object;
  readonly when: (world: SimulatedAppWorld) => Promise<void> | void;
  /** The world's `summary()` then. */
  readonly ends: string;
  readonly slack?: Partial<Slack>;
  readonly isWithoutWrites?: boolean;
}

const port = (containerPort: number) => ({ containerPort });
const container = (image: string, ports: readonly number[] = [80]) => ({
  container: { type: "DOCKER", docker: { image }, portMappings: ports.map(port) },
});

const transitions: Record<string, Transition> = {
  "rolls a changed configuration": {
    when: (world) => world.write({ cmd: "sleep 2000" }),
    ends: "2 Pods of web-r2, 2 versions, 1 Service, 1 budget",
  },
  "rolls a configuration with one more port": {
    when: (world) => world.write(container("nginx", [80, 81])),
    ends: "2 Pods of web-r2, 2 versions, 1 Service, 1 budget",
  },
  "loses its last port": {
    when: (world) => world.write(container("nginx", [])),
    ends: "2 Pods of web-r2, 2 versions, 0 Services, 1 budget",
  },
  "changes again while it rolls": {
    when: async (world) => {
      world.write({ cmd: "sleep 2000" });
      await world.pass(300);
      world.write({ cmd: "sleep 3000" });
    },
    ends: "2 Pods of web-r3, 3 versions, 1 Service, 1 budget",
  },
  "changes what its Pods do not show, with restartOn PodTemplate": {
    given: { rollout: { restartOn: "PodTemplate" } },
    when: (world) => world.write({ backoffSeconds: 7, rollout: { restartOn: "PodTemplate" } }),
    ends: "2 Pods of web-r1, 2 versions, 1 Service, 1 budget",
  },
  "scales up": {
    given: { instances: 1 },
    when: (world) => world.write({ instances: 3 }),
    ends: "3 Pods of web-r1, 2 versions, 1 Service, 1 budget",
  },
  "scales down": {
    given: { instances: 3 },
    when: (world) => world.write({ instances: 1 }),
    ends: "1 Pod of web-r1, 2 versions, 1 Service, 0 budgets",
  },
  "is suspended": {
    when: (world) => world.write({ instances: 0 }),
    ends: "0 Pods, 2 versions, 1 Service, 0 budgets",
  },
  "is resumed": {
    given: { instances: 0 },
    when: (world) => world.write(),
    ends: "2 Pods of web-r1, 2 versions, 1 Service, 1 budget",
  },
  "is restarted through the API": {
    when: (world) => world.restart(),
    ends: "2 Pods of web-r2, 2 versions, 1 Service, 1 budget",
  },
  "is changed while paused, and let go on": {
    when: async (world) => {
      world.write({ paused: true, instances: 3 });
      await world.settle();
      world.write({ instances: 3 });
    },
    ends: "3 Pods of web-r1, 2 versions, 1 Service, 1 budget",
  },
  "is scaled by the Rollout": {
    when: (world) => world.editRollout((spec) => ({ ...spec, replicas: 4 })),
    ends: "4 Pods of web-r1, 2 versions, 1 Service, 1 budget",
  },
  "gets a new image by the Rollout": {
    when: (world) => world.setImage("nginx:2"),
    ends: "2 Pods of web-r2, 2 versions, 1 Service, 1 budget",
  },
  "becomes blue-green": {
    when: (world) => world.write({ rollout: { strategy: "BlueGreen" } }),
    ends: "2 Pods of web-r1, 1 version, 2 Services, 1 budget",
  },
  "is deleted": {
    when: (world) => world.delete(),
    // The garbage collector does it all.
    isWithoutWrites: true,
    ends: "0 Pods, 0 versions, 0 Services, 0 budgets",
  },
  "is deleted while it rolls": {
    when: async (world) => {
      world.write({ cmd: "sleep 2000", instances: 3 });
      await world.pass(300);
      await world.delete();
    },
    ends: "0 Pods, 0 versions, 0 Services, 0 budgets",
  },
  "is made anew at once after it was deleted": {
    when: async (world) => {
      await world.delete();
      world.write();
    },
    ends: "2 Pods of web-r1, 1 version, 1 Service, 1 budget",
  },
  "is deleted with deletionPolicy Orphan": {
    when: async (world) => {
      world.write({ deletionPolicy: "Orphan" });
      await world.settle();
      await world.delete();
    },
    ends: "2 Pods of web-r1, 0 versions, 1 Service, 1 budget",
  },
  "takes its orphans back, changed": {
    given: { deletionPolicy: "Orphan" },
    when: async (world) => {
      await world.delete();
      await world.settle();
      world.write({ cmd: "sleep 2000" });
    },
    ends: "2 Pods of web-r2, 1 version, 1 Service, 1 budget",
  },
};

/** A fresh process does not know what the last one said last. */
const SLACK: Slack = { statuses: 1, otherWrites: 0, pods: 0 };

describe("MarathonApp controller that dies after any write of a transition", () => {
  for (const [name, { given, slack, ...transition }] of Object.entries(transitions)) {
    it(`ends as if it had lived when an app ${name}`, () =>
      expectToOutliveCrashes({
        world: (from?: SimulatedAppWorld) => new SimulatedAppWorld(from),
        given: (world) => world.write(given),
        ...transition,
        slack: { ...SLACK, ...slack },
        writesAtFirst: [],
      }));
  }
});
