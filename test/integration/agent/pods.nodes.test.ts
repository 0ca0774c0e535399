import { expect } from "chai";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { busyboxImage } from "../../cluster/index.ts";
import { commandTask, HttpMaster } from "../../support/agent/http-master.ts";
import { callLimit, NodeAgent } from "../../support/agent/node-agent.ts";
import { useCluster } from "../../support/cluster.ts";

const cluster = useCluster("nodes", { nodes: 1 });
const NAMESPACE = "agent-pods";

describe("tasks as Pods on a real node", function () {
  this.timeout(300_000);
  const master = new HttpMaster();
  let node: NodeAgent;

  before(async () => {
    node = await NodeAgent.start({
      cluster: await cluster(),
      master,
      namespace: NAMESPACE,
      flags: ["--graceful_shutdown_timeout=2secs", "--image_pull_attempts=1"],
    });
  });

  after(async () => {
    await node.stop("SIGTERM");
  });

  async function end(...ids: readonly string[]): Promise<void> {
    const allEnded = (): boolean => ids.every((id) => master.hasEnded(id));
    await master.until(allEnded, `the end of ${ids.join(", ")}`, 90_000);
  }

  async function run(task: TaskInfo): Promise<string> {
    master.launch(task);
    await end(task.task_id.value);
    return master.lastWords(task.task_id.value);
  }

  const memory = (mib: number): Partial<TaskInfo> => ({
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
      { name: "mem", type: "SCALAR", scalar: { value: mib } },
    ],
  });
  const outcomes: Record<string, { given: TaskInfo; want: RegExp }> = {
    "MES-32 CNT-01 a command that ends well": {
      given: commandTask("ok", "test -d /mnt/mesos/sandbox"),
      want: /^TASK_FINISHED : Command exited with status 0$/,
    },
    "a command that fails": {
      given: commandTask("bad", "exit 3"),
      want: /^TASK_FAILED : Command exited with status 3$/,
    },
    "a command that kills itself": {
      given: commandTask("signal", "kill -9 $$"),
      want: /^TASK_FAILED : Command terminated with signal Killed$/,
    },
    "CNT-12 an image that cannot be pulled": {
      given: commandTask("pull", "x", {
        container: { type: "DOCKER", docker: { image: "localhost/absent:1" } },
      }),
      want: /^TASK_FAILED REASON_CONTAINER_LAUNCH_FAILED: Failed to pull the image: .*absent/,
    },
    "a program that is not there": {
      given: commandTask("start", "", { command: { shell: false, value: "/nosuch" } }),
      want: /^TASK_FAILED REASON_CONTAINER_LAUNCH_FAILED: .*\/nosuch/,
    },
    "CNT-14 a task over its memory": {
      given: commandTask("oom", `exec awk 'BEGIN{s="xxxxxxxx"; while(1) s=s s}'`, memory(32)),
      want: /^TASK_FAILED REASON_CONTAINER_LIMITATION_MEMORY: Memory limit exceeded: Requested: 32MB/,
    },
    "more than the node has": {
      given: commandTask("big", "true", {
        resources: [{ name: "cpus", type: "SCALAR", scalar: { value: 999 } }],
      }),
      want: /^TASK_DROPPED REASON_RESOURCES_UNKNOWN: OutOfcpu/,
    },
    "a Pod the API server refuses": {
      given: commandTask("refused", "true", {
        container: {
          type: "DOCKER",
          docker: { image: "x", parameters: [{ key: "add-host", value: "h:not-an-ip" }] },
        },
      }),
      want: /^TASK_FAILED REASON_CONTAINER_LAUNCH_FAILED: Pod: refused by the API server: .*hostAliases/,
    },
  };
  for (const [name, { given, want }] of Object.entries(outcomes)) {
    it(`tells ${name}`, async () => expect(await run(given)).to.match(want));
  }

  it("MES-32 a task gets the room of one that has just ended, whatever the kubelet still counts", async () => {
    const { resources } = master.subscriptions.at(-1)?.agent_info ?? {};
    const all = resources?.find(({ name }) => name === "cpus")?.scalar?.value ?? 0;
    const most: Partial<TaskInfo> = {
      resources: [{ name: "cpus", type: "SCALAR", scalar: { value: all * 0.6 } }],
    };
    for (const id of ["first", "second", "third", "fourth"]) {
      const words = await run(commandTask(id, "true", most));
      expect(words, `${id}: ${words}`).to.match(/^TASK_FINISHED/);
    }
  });

  it("MES-30 MES-50 kills a task that does not listen after its grace", async () => {
    master.launch(commandTask("deaf", "trap '' TERM; while true; do sleep 0.1; done"));
    await master.until(() => master.states("deaf").includes("TASK_RUNNING"), "deaf runs");
    master.kill("deaf", 1_000);
    await end("deaf");
    expect(master.states("deaf")).to.eql([
      "TASK_STARTING",
      "TASK_RUNNING",
      "TASK_KILLING",
      "TASK_KILLED",
    ]);
    expect(master.lastWords("deaf")).to.contain("signal Killed");
  });

  it("kills a task that listens at once", async () => {
    master.launch(commandTask("polite", "sleep 600"));
    await master.until(() => master.states("polite").includes("TASK_RUNNING"), "polite runs");
    master.kill("polite", 60_000);
    await end("polite");
    expect(master.states("polite").at(-1)).to.equal("TASK_KILLED");
  });

  it("MES-31 takes a group down with a member that fails", async () => {
    master.launchGroup("group", [
      commandTask("g-fails", "sleep 1; exit 1"),
      commandTask("g-long", "sleep 600"),
      commandTask("g-longer", "sleep 600"),
    ]);
    await end("g-fails", "g-long", "g-longer");
    expect(["g-fails", "g-long", "g-longer"].map((id) => master.states(id).at(-1))).to.eql([
      "TASK_FAILED",
      "TASK_KILLED",
      "TASK_KILLED",
    ]);
    await master.until(
      () => master.calls.some((call) => call.type === "EXECUTOR_EXITED"),
      "the executor's end",
    );
  });

  it("HA-10 goes on with its tasks after a SIGKILL, tells what ended meanwhile, loses nothing", async () => {
    master.launch(commandTask("lives", "sleep 600"));
    master.launch(commandTask("ends", "sleep 2; exit 7"));
    const isUp = (id: string): boolean => master.states(id).includes("TASK_RUNNING");
    await master.until(() => isUp("lives") && isUp("ends"), "both run");
    await master.untilBack(() => node.process.crash());
    await end("ends");
    expect(master.lastWords("ends")).to.contain("status 7");
    const listed = master.subscriptions.at(-1)?.tasks.map((task) => task.task.task_id.value);
    expect(listed).to.include("lives");
    master.kill("lives");
    await end("lives");
    expect(master.states("lives").filter((state) => state === "TASK_KILLED")).to.have.length(1);
  });

  it("MES-07 follows the node: an outside Pod shrinks the offer, and its end gives it back", async () => {
    const cpus = (): number | undefined =>
      master.calls
        .filter((call) => call.type === "UPDATE_AGENT")
        .at(-1)
        ?.total.find((resource) => resource.name === "cpus")?.scalar?.value;
    const [subscription] = master.subscriptions.slice(-1);
    const before = subscription?.agent_info.resources?.find(({ name }) => name === "cpus")?.scalar;
    const outside = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "outside", namespace: NAMESPACE },
      spec: {
        nodeName: node.nodeName,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "c",
            image: busyboxImage,
            command: ["sleep", "600"],
            resources: { requests: { cpu: "1" } },
          },
        ],
      },
    };
    const full = before?.value ?? 0;
    const kube = node.kube.transport;
    await kube.create(KINDS.Pod, outside, { signal: callLimit() });
    await master.until(() => cpus() === full - 1, "a smaller offer");
    const ref = { kind: KINDS.Pod, namespace: NAMESPACE, name: "outside" };
    await kube.delete(ref, { signal: callLimit(), gracePeriodSeconds: 0 });
    await master.until(() => cpus() === full, "the whole offer");
  });

  it("leaves no Pod and no finalizer behind", async () => {
    await node.untilNoPodIsLeft();
  });
});
