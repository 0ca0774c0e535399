import type { ContainerInfo } from "../../../src/api/mesos/container.ts";
import type { Resource } from "../../../src/api/mesos/resource.ts";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { PodRules } from "../../../src/domain/agent/pod/pod-rules.ts";
import type { RunRecord } from "../../../src/domain/agent/run.ts";
import { makeGroup, makeRecord } from "./builders.ts";
import { commandTask } from "./http-master.ts";

export interface GoldenTask {
  readonly record: RunRecord;
  readonly rules?: Partial<PodRules>;
}

const scalar = (name: string, value: number): Resource => ({
  name,
  type: "SCALAR",
  scalar: { value },
});
const ports = (begin: number, end: number): Resource => ({
  name: "ports",
  type: "RANGES",
  ranges: { range: [{ begin, end }] },
});
const one = (more: Partial<TaskInfo>): GoldenTask => ({
  record: makeRecord({ tasks: [commandTask("task-1", "sleep 1", more)] }),
});
const withRules = (task: GoldenTask, rules: Partial<PodRules>): GoldenTask => ({ ...task, rules });
const docker = (
  more: Partial<NonNullable<ContainerInfo["docker"]>> = {},
  container: Partial<ContainerInfo> = {},
): Partial<TaskInfo> => ({
  container: { type: "DOCKER", docker: { image: "localhost/app:1", ...more }, ...container },
});
const mesos = (container: Partial<ContainerInfo>): Partial<TaskInfo> => ({
  container: { type: "MESOS", ...container },
});
const parameter = (key: string, value: string): GoldenTask =>
  one(docker({ network: "BRIDGE", parameters: [{ key, value }] }));
const OFFERED = { resources: [scalar("cpus", 1), scalar("mem", 64), ports(31_000, 31_001)] };
const volume = (more: object): GoldenTask =>
  one(mesos({ volumes: [{ container_path: "/in", mode: "RW", ...more }] }));
const image = (name: string): NonNullable<ContainerInfo["mesos"]> => ({
  image: { type: "DOCKER", docker: { name } },
});

/** One task per row of the mapping table (agent.md 7), then composed ones. */
export const GOLDEN_TASKS: Readonly<Record<string, GoldenTask>> = {
  "a plain shell command": one({}),
  "a shell command with dollars": one({ command: { value: "echo $(date) $$ $HOME" } }),
  "arguments for a DOCKER entrypoint": one({
    ...docker(),
    command: { shell: false, value: "serve", arguments: ["--fast"] },
  }),
  "a program with arguments": one({
    command: { shell: false, value: "/bin/echo", arguments: ["echo", "a", "b"] },
  }),
  "arguments alone": one({ command: { shell: false, arguments: ["a"] } }),
  "the defaults of a DOCKER image": one({ ...docker(), command: { shell: false } }),
  "a MESOS image": one(mesos({ mesos: image("localhost/app:1") })),
  "a registry for names without one": withRules(one(docker({ image: "app" })), {
    dockerRegistry: "registry.local:5000/",
  }),
  "an image that is always pulled": one(docker({ force_pull_image: true })),
  "pull credentials by reference": one(
    mesos({
      mesos: {
        image: {
          type: "DOCKER",
          docker: {
            name: "localhost/app:1",
            config: { type: "REFERENCE", reference: { name: "pull" } },
          },
        },
      },
    }),
  ),
  "a user by number": one({ command: { value: "id", user: "1000:2000" } }),
  "a user of the map": one({ command: { value: "id", user: "web" } }),
  "a cpu limit": one({ limits: { cpus: { value: 2 } } }),
  "no cpu limit although CFS is on": withRules(one({ limits: { cpus: { value: Infinity } } }), {
    cpuLimits: true,
  }),
  "a cpu limit by CFS": withRules(one({}), { cpuLimits: true }),
  "a memory limit above the request": one({ limits: { mem: { value: 128 } } }),
  "no memory limit": one({ limits: { mem: { value: Infinity } } }),
  "little memory": one({ resources: [scalar("cpus", 0.5), scalar("mem", 8)] }),
  "disk with a quota": withRules(one({ resources: [scalar("disk", 100)] }), {
    enforceDiskQuota: true,
  }),
  "two GPUs": one({ resources: [scalar("cpus", 1), scalar("mem", 64), scalar("gpus", 2)] }),
  "revocable cpus": one({
    resources: [{ ...scalar("cpus", 2), revocable: {} }, scalar("mem", 64)],
  }),
  "the Pod network by flag": withRules(one(OFFERED), { taskNetwork: "pod" }),
  "a bridge with port mappings": one({
    ...OFFERED,
    ...docker({
      network: "BRIDGE",
      port_mappings: [{ host_port: 31_000, container_port: 80, protocol: "udp" }],
    }),
  }),
  "port mappings of a network_info": one({
    ...OFFERED,
    ...mesos({
      network_infos: [{ port_mappings: [{ host_port: 31_001, container_port: 8080 }] }],
    }),
  }),
  "a named network": one(docker({ network: "USER" }, { network_infos: [{ name: "fast" }] })),
  "a host path": volume({ host_path: "/data/x" }),
  "a read-only host path with propagation": volume({
    mode: "RO",
    source: {
      type: "HOST_PATH",
      host_path: { path: "/data", mount_propagation: { mode: "HOST_TO_CONTAINER" } },
    },
  }),
  "a folder of the sandbox": volume({ host_path: "cache" }),
  "a path in the sandbox": volume({
    container_path: "inside",
    source: { type: "SANDBOX_PATH", sandbox_path: { type: "SELF", path: "cache" } },
  }),
  "a secret volume": volume({
    source: { type: "SECRET", secret: { type: "REFERENCE", reference: { name: "s", key: "k" } } },
  }),
  "a claim as Docker volume": volume({
    source: { type: "DOCKER_VOLUME", docker_volume: { name: "claim" } },
  }),
  "shared memory": one(mesos({ linux_info: { shm_size: 64 } })),
  "a hostname": one(docker({ network: "BRIDGE" }, { hostname: "web" })),
  "effective capabilities": one(
    mesos({ linux_info: { effective_capabilities: { capabilities: ["NET_BIND_SERVICE"] } } }),
  ),
  "no seccomp profile": one(mesos({ linux_info: { seccomp: { unconfined: true } } })),
  "a seccomp profile": one(mesos({ linux_info: { seccomp: { profile_name: "p.json" } } })),
  "the agent's pid namespace": withRules(
    one(mesos({ linux_info: { share_pid_namespace: true } })),
    {
      allowHostPid: true,
    },
  ),
  "rlimits of a shell command": one(
    mesos({ rlimit_info: { rlimits: [{ type: "RLMT_NOFILE", soft: 100, hard: 200 }] } }),
  ),
  "a kill grace and a completion time": one({
    kill_policy: { grace_period: { nanoseconds: 5e9 } },
    max_completion_time: { nanoseconds: 60e9 },
  }),
  "an environment with a secret": one({
    command: {
      value: "env",
      environment: {
        variables: [
          { name: "A", value: "$(B)" },
          {
            name: "B",
            type: "SECRET",
            secret: { type: "REFERENCE", reference: { name: "s", key: "k" } },
          },
        ],
      },
    },
  }),
  "task labels": one({ labels: { labels: [{ key: "a", value: "b" }] } }),
  "a privileged container": withRules(one(docker({ privileged: true })), { allowPrivileged: true }),
  "parameter env": parameter("env", "A=b=c"),
  "parameter label": parameter("label", "a=b"),
  "parameter hostname": parameter("hostname", "h"),
  "parameter user": parameter("user", "1000"),
  "parameter workdir": parameter("workdir", "/w"),
  "parameter entrypoint": parameter("entrypoint", "/e"),
  "parameter dns": parameter("dns", "10.0.0.1"),
  "parameter dns-search": parameter("dns-search", "local"),
  "parameter dns-option": parameter("dns-option", "ndots:2"),
  "parameter add-host": parameter("add-host", "db:10.0.0.2"),
  "parameter cap-add": parameter("cap-add", "NET_ADMIN"),
  "parameter cap-drop": parameter("cap-drop", "all"),
  "parameter read-only": parameter("read-only", "true"),
  "parameter shm-size": parameter("shm-size", "64m"),
  "parameter tmpfs": parameter("tmpfs", "/t:size=10m"),
  "parameter volume": parameter("volume", "/data/x:/x:ro"),
  "parameter cpus": parameter("cpus", "1.5"),
  "parameter cpu-shares": parameter("cpu-shares", "512"),
  "parameter memory": parameter("memory", "64m"),
  "parameter sysctl": parameter("sysctl", "net.ipv4.ip_local_port_range=1024 65000"),
  "parameter init": parameter("init", "true"),
  "parameter group-add": parameter("group-add", "2000"),
  "parameter ulimit": parameter("ulimit", "nofile=100:200"),
  "parameter security-opt": parameter("security-opt", "no-new-privileges"),
  "a group of three": {
    record: makeGroup(["a", "b", "c"].map((id) => commandTask(id, `echo ${id}`))),
  },
  "a group whose tasks share a folder of the executor": {
    record: makeGroup(
      ["a", "b"].map((id) =>
        commandTask(id, "ls", {
          ...mesos({
            volumes: [
              {
                container_path: "shared",
                mode: "RW",
                source: { type: "SANDBOX_PATH", sandbox_path: { type: "PARENT", path: "s" } },
              },
            ],
          }),
        }),
      ),
    ),
  },
  "a web server as Marathon sent it": one({
    ...OFFERED,
    ...docker({
      network: "BRIDGE",
      port_mappings: [
        { host_port: 31_000, container_port: 80 },
        { host_port: 31_001, container_port: 9090 },
      ],
      parameters: [
        { key: "label", value: "team=web" },
        { key: "ulimit", value: "nofile=4096" },
        { key: "log-driver", value: "json-file" },
      ],
      force_pull_image: true,
    }),
    command: {
      value: "exec httpd -f",
      environment: { variables: [{ name: "PORT0", value: "80" }] },
    },
    labels: { labels: [{ key: "HAPROXY_GROUP", value: "external" }] },
  }),
};

/** Tasks that cannot be mapped, and the field that says so. */
export const REFUSED_TASKS: Readonly<Record<string, GoldenTask & { readonly field: string }>> = {
  "an APPC image": {
    ...one(mesos({ mesos: { image: { type: "APPC" } } })),
    field: "container.mesos.image.appc",
  },
  "a DOCKER container without image": {
    ...one({ container: { type: "DOCKER" } }),
    field: "container.docker",
  },
  "a shell command without value": { ...one({ command: {} }), field: "command.value" },
  "an unknown user": { ...one({ command: { value: "x", user: "hadoop" } }), field: "command.user" },
  "root where it is refused": {
    ...withRules(one({ command: { value: "x", user: "root" } }), { requireNonRoot: true }),
    field: "command.user",
  },
  "half a GPU": { ...one({ resources: [scalar("gpus", 0.5)] }), field: "resources.gpus" },
  "no network": { ...one(docker({ network: "NONE" })), field: "container.docker.network" },
  "an unknown network": {
    ...one(mesos({ network_infos: [{ name: "nowhere" }] })),
    field: "container.network_infos.name",
  },
  "a host port that was not offered": {
    ...one(docker({ network: "BRIDGE", port_mappings: [{ host_port: 80, container_port: 80 }] })),
    field: "container.port_mappings.host_port",
  },
  "a host path outside of the allowed ones": {
    ...volume({ host_path: "/etc" }),
    field: "container.volumes[0].host_path",
  },
  "a host path that climbs out": {
    ...volume({ host_path: "/data/../etc" }),
    field: "container.volumes[0].host_path",
  },
  "a sandbox path that climbs out": {
    ...volume({ source: { type: "SANDBOX_PATH", sandbox_path: { path: "../../x" } } }),
    field: "container.volumes[0].source.sandbox_path.path",
  },
  "an image volume": {
    ...volume({ image: { type: "DOCKER" } }),
    field: "container.volumes[0].image",
  },
  "a CSI volume": {
    ...volume({ source: { type: "CSI_VOLUME" } }),
    field: "container.volumes[0].source.csi_volume",
  },
  "a persistent volume": {
    ...one({ resources: [{ ...scalar("disk", 10), disk: { persistence: { id: "p" } } }] }),
    field: "resources.disk",
  },
  "privileges that are not allowed": {
    ...one(docker({ privileged: true })),
    field: "container.docker.privileged",
  },
  "the agent's pid namespace where it is not allowed": {
    ...one(mesos({ linux_info: { share_pid_namespace: true } })),
    field: "container.linux_info.share_pid_namespace",
  },
  "a secret by value in the environment": {
    ...one({
      command: {
        value: "x",
        environment: { variables: [{ name: "A", type: "SECRET", secret: { type: "VALUE" } }] },
      },
    }),
    field: "command.environment.A",
  },
  "files to fetch": {
    ...one({ command: { value: "x", uris: [{ value: "http://h/f" }] } }),
    field: "command.uris",
  },
  "a terminal": { ...one(mesos({ tty_info: {} })), field: "container.tty_info" },
  "rlimits without a shell": {
    ...one({
      ...mesos({ rlimit_info: { rlimits: [{ type: "RLMT_CORE" }] } }),
      command: { shell: false, value: "/x" },
    }),
    field: "container.rlimit_info",
  },
  "parameter device": {
    ...parameter("device", "/dev/x"),
    field: "container.docker.parameters.device",
  },
  "parameter net=container": {
    ...parameter("net", "container:x"),
    field: "container.docker.parameters.net",
  },
  "parameter volumes-from": {
    ...parameter("volumes-from", "x"),
    field: "container.docker.parameters.volumes-from",
  },
  "parameter pids-limit at access Api": {
    ...parameter("pids-limit", "10"),
    field: "container.docker.parameters.pids-limit",
  },
  "parameter nobody knows": {
    ...parameter("no-such", "x"),
    field: "container.docker.parameters.no-such",
  },
};
