import { expect } from "chai";
import type { KubePodSpecView } from "../../../../src/domain/agent/kube-pod.ts";
import { parseQuantityMilli } from "../../../../src/domain/agent/kube-quantity.ts";
import {
  effectivePodRequest,
  hostPortsOf,
  podRequestResources,
} from "../../../../src/domain/agent/pod-request.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { makePod, requestsOf } from "../../../support/agent/builders.ts";

const container = (text: string, more: object = {}) => ({
  name: "c",
  resources: { requests: requestsOf(text) },
  ...more,
});

describe("parseQuantityMilli", () => {
  const cases: Record<string, { given: string | number; want: number | undefined }> = {
    "a whole number": { given: 2, want: 2000 },
    "milli-units": { given: "250m", want: 250 },
    "a decimal": { given: "0.1", want: 100 },
    "a binary suffix": { given: "1Gi", want: 1024 ** 3 * 1000 },
    "a decimal suffix": { given: "500M", want: 500e9 },
    "an exponent": { given: "1e3", want: 1_000_000 },
    "less than a milli-unit, rounded up": { given: "1u", want: 1 },
    "what is no quantity": { given: "many", want: undefined },
    "an empty text": { given: "", want: undefined },
  };
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(`reads ${name}`, () => expect(parseQuantityMilli(given)).to.equal(want));
  }
});

describe("effectivePodRequest", () => {
  const cases: Record<string, { given: KubePodSpecView; cpu: number; memoryMiB: number }> = {
    "adds up containers": {
      given: { containers: [container("1/1Gi"), container("500m/512Mi")] },
      cpu: 1500,
      memoryMiB: 1536,
    },
    "takes the largest init container where it is larger": {
      given: { containers: [container("1/1Gi")], initContainers: [container("3/256Mi")] },
      cpu: 3000,
      memoryMiB: 1024,
    },
    "adds restartable init containers to the containers": {
      given: {
        containers: [container("1/1Gi")],
        initContainers: [container("250m/128Mi", { restartPolicy: "Always" })],
      },
      cpu: 1250,
      memoryMiB: 1152,
    },
    "adds to an init step the sidecars started before it": {
      given: {
        containers: [container("1/1Gi")],
        initContainers: [container("500m/1Gi", { restartPolicy: "Always" }), container("2/100Mi")],
      },
      cpu: 2500,
      memoryMiB: 2048,
    },
    "adds the overhead at last": {
      given: { containers: [container("1/1Gi")], overhead: { cpu: "100m", memory: "64Mi" } },
      cpu: 1100,
      memoryMiB: 1088,
    },
    "takes pod-level requests first": {
      given: {
        containers: [container("1/1Gi")],
        resources: { requests: { cpu: "4" } },
        overhead: { cpu: "1" },
      },
      cpu: 5000,
      memoryMiB: 1024,
    },
    "takes a limit for a request that is missing": {
      given: { containers: [{ name: "c", resources: { limits: { cpu: "2", memory: "1Gi" } } }] },
      cpu: 2000,
      memoryMiB: 1024,
    },
  };
  for (const [name, { given, cpu, memoryMiB }] of Object.entries(cases)) {
    it(name, () => {
      const request = effectivePodRequest(given);
      expect(request.get("cpu")).to.equal(cpu);
      expect((request.get("memory") ?? 0) / 1000 / 1024 ** 2).to.equal(memoryMiB);
    });
  }
});

describe("podRequestResources", () => {
  it("speaks Mesos: MiB rounded up, GPUs, mapped names, host ports", () => {
    const pod = makePod({
      spec: {
        containers: [
          {
            name: "c",
            resources: {
              requests: { cpu: "1500m", memory: "1000000", "example.com/fpga": "2", unknown: "1" },
              limits: { "nvidia.com/gpu": "1" },
            },
            ports: [{ hostPort: 8080 }, { hostPort: 8081 }, { containerPort: 9 }],
          },
        ],
      },
    });
    expect(formatResources(podRequestResources(pod, { "example.com/fpga": "fpgas" }))).to.equal(
      "cpus:1.5;fpgas:2;gpus:1;mem:1;ports:[8080-8081]",
    );
  });

  it("counts what is lent to a pod as revocable (MES-42)", () => {
    const pod = makePod({
      annotations: { "orchestrator.io/borrowed": "true" },
      spec: { containers: [container("1/1Gi", { ports: [{ hostPort: 80 }] })] },
    });
    expect(formatResources(podRequestResources(pod))).to.equal(
      "cpus{REV}:1;mem{REV}:1024;ports:[80-80]",
    );
  });

  it("counts the container ports of a host-network pod as host ports", () => {
    const ports = [{ containerPort: 53 }];
    expect(hostPortsOf({ hostNetwork: true, containers: [{ name: "c", ports }] })).to.eql([53]);
  });
});
