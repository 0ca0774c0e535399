import { expect } from "chai";
import { FidelityNotes } from "../../../../src/domain/marathon/manifests/fidelity.ts";
import { podTemplate } from "../../../../src/domain/marathon/manifests/pod-template.ts";
import type { RenderInput } from "../../../../src/domain/marathon/manifests/render-input.ts";
import { atPointer } from "../../../support/marathon/vectors.ts";
import { makeRender } from "../../../support/marathon/make-app.ts";

interface Rendered {
  readonly template: object;
  readonly fidelity: readonly string[];
  readonly env: Readonly<Record<string, unknown>>;
}

function render(document: object, overrides: Partial<RenderInput> = {}): Rendered {
  const notes = new FidelityNotes();
  const template = podTemplate(makeRender(document, overrides), notes);
  const variables = atPointer(template, "/spec/containers/0/env") as {
    name: string;
    value?: string;
    valueFrom?: { fieldRef?: { fieldPath: string } };
  }[];
  return {
    template,
    fidelity: notes.items.map(({ field, level }) => `${level[0]!} ${field}`),
    env: Object.fromEntries(
      variables.map(({ name, value, valueFrom }) => [
        name,
        value ?? valueFrom?.fieldRef?.fieldPath,
      ]),
    ),
  };
}

const DOCKER = { type: "DOCKER", docker: { image: "nginx" } };
const BRIDGE = { networks: [{ mode: "container/bridge" }] };

/** Field of the app → what is at a place of the template (spec/marathon.md 6). */
const cases: Readonly<
  Record<string, { readonly app: object; readonly want: Readonly<Record<string, unknown>> }>
> = {
  "waits at the gate and carries what the engine reads": {
    app: { role: "web", acceptedResourceRoles: ["*", "web"], killSelection: "OLDEST_FIRST" },
    want: {
      "/spec/schedulingGates": [{ name: "orchestrator.io/admission" }],
      "/metadata/labels/orchestrator.io~1pool": "mesos",
      "/metadata/annotations": {
        "marathon.orchestrator.io/id": "/web",
        "marathon.orchestrator.io/version": "2026-01-01T00:00:00.000Z",
        "orchestrator.io/role": "web",
        "orchestrator.io/accepted-roles": '["*","web"]',
        "orchestrator.io/kill-selection": "OLDEST_FIRST",
        "orchestrator.io/dynamic-ports": "1",
      },
    },
  },
  "runs a command in a shell, and Kubernetes expands nothing in it": {
    app: { cmd: "echo $(date) $$ $HOME" },
    want: {
      "/spec/containers/0/command": ["/bin/sh", "-c", "echo $$(date) $$$$ $$HOME"],
      "/spec/containers/0/workingDir": "/mnt/mesos/sandbox",
      "/spec/containers/0/image": "debian:12-slim",
    },
  },
  "keeps the entrypoint of an image and gives it the arguments": {
    app: { cmd: undefined, args: ["-v"], container: DOCKER },
    want: { "/spec/containers/0/args": ["-v"], "/spec/containers/0/command": undefined },
  },
  "runs the arguments of a MESOS container without image": {
    app: { cmd: undefined, args: ["sleep", "1"], container: { type: "MESOS" } },
    want: { "/spec/containers/0/command": ["sleep", "1"] },
  },
  "asks for cpus without limit and for memory with one, in Kubernetes' own spelling": {
    app: { cpus: 1.5, mem: 1024, disk: 100 },
    want: {
      "/spec/containers/0/resources": {
        requests: { cpu: "1500m", memory: "1Gi", "ephemeral-storage": "100Mi" },
        limits: { memory: "1Gi", "ephemeral-storage": "100Mi" },
      },
    },
  },
  "takes resource limits, and none for unlimited": {
    app: { cpus: 1, mem: 64, resourceLimits: { cpus: 2, mem: "unlimited" } },
    want: {
      "/spec/containers/0/resources": {
        requests: { cpu: "1", memory: "64Mi" },
        limits: { cpu: "2" },
      },
    },
  },
  "asks for gpus": {
    app: { gpus: 2, container: { type: "MESOS", docker: { image: "i" } } },
    want: { "/spec/containers/0/resources/limits/nvidia.com~1gpu": "2" },
  },
  "opens fixed host ports on the host network": {
    app: { requirePorts: true, portDefinitions: [{ port: 8080, name: "http" }] },
    want: {
      "/spec/hostNetwork": true,
      "/spec/dnsPolicy": "ClusterFirstWithHostNet",
      "/spec/containers/0/ports": [
        { name: "http", protocol: "TCP", containerPort: 8080, hostPort: 8080 },
      ],
      "/spec/containers/0/lifecycle": { preStop: { sleep: { seconds: 2 } } },
      "/spec/terminationGracePeriodSeconds": 32,
    },
  },
  "knows no number of dynamic host ports, so it declares none": {
    app: { portDefinitions: [{ port: 0 }] },
    want: { "/spec/containers/0/ports": undefined, "/spec/terminationGracePeriodSeconds": 30 },
  },
  "has container ports on the bridge, with the service port for 0": {
    app: { ...BRIDGE, container: { ...DOCKER, portMappings: [{ containerPort: 80 }, {}] } },
    want: {
      "/spec/hostNetwork": undefined,
      "/spec/containers/0/ports": [
        { name: "p0", protocol: "TCP", containerPort: 80 },
        { name: "p1", protocol: "TCP", containerPort: 10_001 },
      ],
    },
  },
  "probes by the first health check": {
    app: {
      ...BRIDGE,
      container: { ...DOCKER, portMappings: [{ containerPort: 80 }] },
      healthChecks: [
        { path: "/ok", intervalSeconds: 5, timeoutSeconds: 2, gracePeriodSeconds: 10 },
      ],
    },
    want: {
      "/spec/containers/0/livenessProbe": {
        httpGet: { path: "/ok", port: 80, scheme: "HTTP" },
        periodSeconds: 5,
        timeoutSeconds: 2,
        failureThreshold: 3,
      },
      "/spec/containers/0/startupProbe/failureThreshold": 5,
    },
  },
  "mounts volumes of the host and secrets": {
    app: {
      secrets: { key: { source: "/team/tls/key" } },
      container: {
        ...DOCKER,
        volumes: [
          { containerPath: "/data", hostPath: "/mnt/data", mode: "RO" },
          { containerPath: "/etc/key", secret: "key" },
        ],
      },
    },
    want: {
      "/spec/volumes/1": { name: "volume-1", hostPath: { path: "/mnt/data" } },
      "/spec/containers/0/volumeMounts/1": { name: "volume-1", mountPath: "/data", readOnly: true },
      "/spec/volumes/2/secret": { secretName: "team-tls", items: [{ key: "key", path: "key" }] },
    },
  },
  "fetches into the sandbox before the task": {
    app: { fetch: [{ uri: "https://x/a.tgz" }] },
    want: { "/spec/initContainers/0/workingDir": "/mnt/mesos/sandbox" },
  },
  "leaves lost nodes after inactiveAfterSeconds": {
    app: { unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 60 } },
    want: {
      "/spec/tolerations/0": {
        key: "node.kubernetes.io/not-ready",
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 60,
      },
    },
  },
  "waits for lost nodes for ever when disabled": {
    app: { unreachableStrategy: "disabled" },
    want: { "/spec/tolerations/0/tolerationSeconds": undefined },
  },
  "applies Docker's options": {
    app: {
      container: {
        type: "DOCKER",
        docker: {
          image: "nginx",
          privileged: true,
          forcePullImage: true,
          parameters: [
            { key: "cap-add", value: "NET_ADMIN" },
            { key: "sysctl", value: "net.core.somaxconn=1024" },
            { key: "add-host", value: "db:10.0.0.9" },
            { key: "dns", value: "8.8.8.8" },
            { key: "hostname", value: "me" },
            { key: "user", value: "1000:1001" },
            { key: "workdir", value: "/srv" },
            { key: "shm-size", value: "64m" },
            { key: "read-only", value: "true" },
          ],
        },
      },
    },
    want: {
      "/spec/containers/0/imagePullPolicy": "Always",
      "/spec/containers/0/workingDir": "/srv",
      "/spec/containers/0/securityContext": {
        runAsUser: 1000,
        runAsGroup: 1001,
        privileged: true,
        readOnlyRootFilesystem: true,
        capabilities: { add: ["NET_ADMIN"] },
      },
      "/spec/securityContext": { sysctls: [{ name: "net.core.somaxconn", value: "1024" }] },
      "/spec/hostAliases": [{ ip: "10.0.0.9", hostnames: ["db"] }],
      "/spec/dnsConfig": { nameservers: ["8.8.8.8"] },
      "/spec/hostname": "me",
      "/spec/volumes/1": { name: "volume-1", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
    },
  },
};

describe("podTemplate", () => {
  for (const [name, { app, want }] of Object.entries(cases)) {
    it(name, () => {
      const { template } = render(app);
      for (const [pointer, value] of Object.entries(want)) {
        expect(atPointer(template, pointer), pointer).to.deep.equal(value);
      }
    });
  }

  it("does not depend on the number of instances", () => {
    expect(render({ instances: 1 }).template).to.deep.equal(render({ instances: 9 }).template);
  });

  it("MAR-15 tells a task who and where it is; the user's own variables win", () => {
    const { env } = render({
      portDefinitions: [{ port: 0, name: "http" }, { port: 8081 }],
      env: { MARATHON_APP_ID: "mine", "bad name": "x" },
      labels: { "a.b": "c" },
    });
    expect(env).to.include({
      MESOS_TASK_ID: "web.instance-$(ORCHESTRATOR_POD_UID)._app.1",
      MESOS_SANDBOX: "/mnt/mesos/sandbox",
      MARATHON_APP_ID: "mine",
      MARATHON_APP_VERSION: "2026-01-01T00:00:00.000Z",
      MARATHON_APP_RESOURCE_CPUS: "1.0",
      MARATHON_APP_RESOURCE_GPUS: "0",
      MARATHON_APP_LABEL_A_B: "c",
      HOST: "status.hostIP",
      PORT0: "metadata.annotations['marathon.orchestrator.io/port.0']",
      PORT1: "metadata.annotations['marathon.orchestrator.io/port.1']",
      PORT_HTTP: "$(PORT0)",
      PORT_8081: "$(PORT1)",
      PORT: "$(PORT0)",
      PORTS: "$(PORT0),$(PORT1)",
    });
    expect(env).to.not.have.property("bad name");
  });

  it("MAR-15 tells a task where its dependencies are", () => {
    const dependencies = [{ id: "/prod/my-db", host: "prod-my-db.default.svc", port: 10_007 }];
    const { env } = render({ dependencies: ["/prod/my-db"] }, { dependencies });
    expect(env).to.include({ MY_DB_HOST: "prod-my-db.default.svc", MY_DB_PORT: "10007" });
  });

  it("lists what is approximated and what is dropped", () => {
    const { fidelity } = render({
      executor: "/my/executor",
      readinessChecks: [{ portName: "http" }],
      portDefinitions: [{ port: 0, name: "http" }],
      healthChecks: [{ protocol: "HTTP" }],
      container: {
        type: "DOCKER",
        docker: { image: "i", parameters: [{ key: "ulimit", value: "nofile=1" }] },
      },
    });
    expect(fidelity).to.include.members([
      "D executor",
      "A readinessChecks",
      "A healthChecks[0]",
      "D container.docker.parameters[ulimit]",
      "A portDefinitions",
    ]);
  });

  it("says what to give instead of a user's name without known number", () => {
    const notes = new FidelityNotes();
    podTemplate(makeRender({ user: "alice" }), notes);
    expect(notes.items.find(({ field }) => field === "user")).to.deep.equal({
      field: "user",
      level: "Dropped",
      treatment: "no number is known for alice: give a number, uid[:gid]",
    });
  });

  it("MAR-19 renders a native constraint as affinity and a pinned one for the engine, never both", () => {
    const constraints = [["hostname", "UNIQUE"]];
    const native = render(
      { constraints },
      {
        placement: {
          kind: "native",
          forms: [{ kind: "podAntiAffinity", topologyKey: "kubernetes.io/hostname" }],
        },
      },
    );
    const terms = "/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution";
    expect(atPointer(native.template, terms)).to.deep.equal([
      {
        labelSelector: { matchLabels: { "marathon.orchestrator.io/app": "web" } },
        matchLabelKeys: ["rollouts-pod-template-hash"],
        topologyKey: "kubernetes.io/hostname",
      },
    ]);
    const pinned = render({ constraints }, { placement: { kind: "pinned" } });
    expect(atPointer(pinned.template, "/spec/affinity")).to.equal(undefined);
    const annotations = atPointer(pinned.template, "/metadata/annotations") as object;
    expect(annotations).to.include({ "orchestrator.io/constraints": '[["hostname","UNIQUE"]]' });
  });
});
