import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOperatingError } from "../../../../src/api/errors/operating-error.ts";
import type { TaskInfo } from "../../../../src/api/mesos/task.ts";
import { parseExecuteConfig } from "../../../../src/processes/mesos-execute/config.ts";

const MASTER = "--master=m:5050";
const BASE = [MASTER, "--name=t", "--command=true", "--user=me"];

function taskOf(...argv: readonly string[]): Partial<TaskInfo> {
  const { work } = parseExecuteConfig([...BASE, ...argv]).spec;
  return work.kind === "task" ? work.task : {};
}

function faultsOf(...argv: readonly string[]): string {
  try {
    parseExecuteConfig(argv);
  } catch (error) {
    if (isOperatingError(error, "CONFIG_INVALID")) return error.message;
    throw error;
  }
  return "none";
}

describe("the flags of mesos-execute (API-06)", () => {
  it("are those of Mesos, with its defaults", () => {
    const config = parseExecuteConfig(BASE);
    expect(config.masters).to.deep.equal(["http://m:5050"]);
    expect(config.contentType).to.equal("json");
    expect(config.info).to.deep.include({ user: "me", roles: ["*"], checkpoint: false });
    expect(config.info.capabilities).to.deep.equal([
      { type: "MULTI_ROLE" },
      { type: "RESERVATION_REFINEMENT" },
      { type: "TASK_KILLING_STATE" },
      { type: "PARTITION_AWARE" },
    ]);
    expect(config.spec).to.deep.equal({
      work: {
        kind: "task",
        task: {
          name: "t",
          task_id: { value: "t" },
          resources: [
            { name: "cpus", type: "SCALAR", scalar: { value: 1 } },
            { name: "mem", type: "SCALAR", scalar: { value: 128 } },
          ],
          command: { shell: true, value: "true" },
        },
      },
    });
  });

  const tasks: Record<string, [readonly string[], unknown]> = {
    "--env as JSON, numbers as text": [
      ['--env={"A": "x", "B": 2}'],
      {
        command: {
          shell: true,
          value: "true",
          environment: {
            variables: [
              { name: "A", value: "x", type: "VALUE" },
              { name: "B", value: "2", type: "VALUE" },
            ],
          },
        },
      },
    ],
    "--no-shell: a program and its arguments": [
      ["--no-shell", "--command=/bin/echo a  b"],
      { command: { shell: false, value: "/bin/echo", arguments: ["/bin/echo", "a", "b"] } },
    ],
    "--resources in text": [
      ["--resources=cpus:0.5;ports:[31000-31001]"],
      {
        resources: [
          { name: "cpus", type: "SCALAR", scalar: { value: 0.5 } },
          {
            name: "ports",
            type: "RANGES",
            ranges: { range: [{ begin: 31000, end: 31001 }] },
          },
        ],
      },
    ],
    "--docker_image in the mesos containerizer": [
      ["--docker-image=alpine:3"],
      {
        container: {
          type: "MESOS",
          mesos: { image: { type: "DOCKER", docker: { name: "alpine:3" } } },
        },
      },
    ],
    "--containerizer=docker with a network (MES-37)": [
      ["--containerizer=docker", "--docker_image=alpine:3", "--networks=net-a"],
      {
        container: {
          type: "DOCKER",
          docker: { image: "alpine:3", network: "USER" },
          network_infos: [{ name: "net-a" }],
        },
      },
    ],
    "limits, capabilities, volumes and a terminal": [
      [
        '--rlimits={"rlimits": [{"type": "RLMT_CORE"}]}',
        '--effective_capabilities={"capabilities": ["NET_RAW"]}',
        '--bounding_capabilities={"capabilities": ["NET_RAW", "SYS_ADMIN"]}',
        '--volumes=[{"container_path": "/d", "mode": "RW", "host_path": "/h"}]',
        "--tty",
      ],
      {
        container: {
          type: "MESOS",
          volumes: [{ container_path: "/d", mode: "RW", host_path: "/h" }],
          linux_info: {
            effective_capabilities: { capabilities: ["NET_RAW"] },
            bounding_capabilities: { capabilities: ["NET_RAW", "SYS_ADMIN"] },
          },
          rlimit_info: { rlimits: [{ type: "RLMT_CORE" }] },
          tty_info: {},
        },
      },
    ],
  };
  for (const [name, [argv, wanted]] of Object.entries(tasks)) {
    it(name, () => {
      const task = taskOf(...argv);
      for (const [field, value] of Object.entries(wanted as object)) {
        expect(task[field as keyof TaskInfo]).to.deep.equal(value);
      }
    });
  }

  it("say who asks and how", () => {
    const config = parseExecuteConfig([
      ...BASE,
      "--role=web",
      "--checkpoint",
      "--principal=p",
      "--secret=s",
      "--no-partition-aware",
      "--framework_capabilities=GPU_RESOURCES",
      "--content_type=protobuf",
      "--kill_after=2mins",
    ]);
    expect(config.info).to.deep.include({ roles: ["web"], checkpoint: true, principal: "p" });
    expect(config.info.capabilities?.map(({ type }) => type)).to.deep.equal([
      "MULTI_ROLE",
      "RESERVATION_REFINEMENT",
      "TASK_KILLING_STATE",
      "GPU_RESOURCES",
    ]);
    expect(config.credential).to.deep.equal({ principal: "p", secret: "s" });
    expect(config.contentType).to.equal("protobuf");
    expect(config.spec.killAfterMs).to.equal(120_000);
  });

  describe("a task given whole", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "execute-"));
    });
    after(() => rmSync(folder, { recursive: true }));

    it("is read from a file, without an agent", () => {
      const path = join(folder, "task.json");
      const task = { name: "n", task_id: { value: "i" }, command: { value: "true" } };
      writeFileSync(path, JSON.stringify({ ...task, resources: "cpus:1" }));
      for (const given of [path, `file://${path}`]) {
        const { work } = parseExecuteConfig([MASTER, `--task=${given}`]).spec;
        expect(work.kind === "task" && work.task.task_id.value).to.equal("i");
      }
    });

    it("may be a group", () => {
      const group = {
        tasks: [
          { name: "a", task_id: "a" },
          { name: "b", task_id: "b" },
        ],
      };
      const { work } = parseExecuteConfig([MASTER, `--task_group=${JSON.stringify(group)}`]).spec;
      expect(work.kind === "group" && work.tasks.length).to.equal(2);
    });
  });

  const faults: Record<string, [readonly string[], string]> = {
    "no master": [["--name=t", "--command=x"], "--master: "],
    "no name": [[MASTER, "--command=x"], "--name: give a name"],
    "no command": [[MASTER, "--name=t"], "--command: give a command"],
    "no command and no image": [[MASTER, "--name=t", "--no-shell"], "--no-shell: without"],
    "both a task and a group": [
      [MASTER, '--task={"name":"n","task_id":"i"}', '--task_group={"tasks":[]}'],
      "give either --task or --task_group",
    ],
    "a task and a name": [
      [MASTER, '--task={"name":"n","task_id":"i"}', "--name=t"],
      "--name: not together with --task",
    ],
    "a task without id": [[MASTER, '--task={"name":"n"}'], "Missing required fields: task_id"],
    "no JSON": [[...BASE, "--env={"], "--env: give JSON"],
    "a file that is not there": [[...BASE, "--env=/nowhere"], "--env: /nowhere cannot be read"],
    "a zk:// master": [["--master=zk://h:2181/m", "--name=t", "--command=x"], "zk://"],
    "no resources": [[...BASE, "--resources=cpus"], "--resources: give resources"],
    "a secret of nobody": [[...BASE, "--secret=s"], "--secret: needs --principal"],
    "an unknown capability": [[...BASE, "--framework_capabilities=FLY"], "FLY is no capability"],
    "docker without an image": [[...BASE, "--containerizer=docker"], "--docker_image: needed"],
    "docker with capabilities": [
      [
        ...BASE,
        "--containerizer=docker",
        "--docker_image=i",
        '--effective_capabilities={"capabilities": ["NET_RAW"]}',
      ],
      "--effective_capabilities: only with the mesos containerizer",
    ],
    "an unknown flag": [[...BASE, "--rolle=x"], "did you mean --role?"],
    hadoop: [[...BASE, "--hadoop=hadoop"], "--hadoop: nothing is uploaded to HDFS"],
    hdfs: [[...BASE, "--hdfs=hdfs://h/"], "--hdfs: nothing is uploaded to HDFS"],
    package: [[...BASE, "--package=/p.tgz"], "--package: nothing is uploaded to HDFS"],
    overwrite: [[...BASE, "--overwrite"], "--overwrite: nothing is uploaded to HDFS"],
    appc_image: [[...BASE, "--appc_image=x"], "--appc_image: App Container images"],
  };
  for (const [name, [argv, message]] of Object.entries(faults)) {
    it(`refuses ${name}`, () => {
      expect(faultsOf(...argv)).to.contain(message);
    });
  }
});
