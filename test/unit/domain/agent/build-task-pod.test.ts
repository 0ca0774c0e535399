import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { buildTaskPod } from "../../../../src/domain/agent/pod/build-task-pod.ts";
import type { PodManifest } from "../../../../src/domain/agent/pod/pod-manifest.ts";
import { POD_IDENTITY, POD_RULES } from "../../../support/agent/builders.ts";
import {
  GOLDEN_TASKS,
  type GoldenTask,
  REFUSED_TASKS,
} from "../../../support/agent/golden-tasks.ts";

const GOLDEN_FILE = new URL("../../../support/agent/golden-pods.json", import.meta.url);
const golden = JSON.parse(readFileSync(GOLDEN_FILE, "utf8")) as Record<string, PodManifest>;

function build({ record, rules }: GoldenTask): ReturnType<typeof buildTaskPod> {
  return buildTaskPod({
    record,
    identity: POD_IDENTITY,
    rules: { ...POD_RULES, ...rules },
    environment: [{ name: "MESOS_SANDBOX", value: "/mnt/mesos/sandbox" }],
  });
}

describe("buildTaskPod", () => {
  // A golden Pod is a decision somebody looked at. After a change on purpose: GOLDEN=write mocha …, then read the diff.
  if (process.env["GOLDEN"] === "write") {
    const pods = Object.entries(GOLDEN_TASKS).map(([name, task]) => {
      const built = build(task);
      return [name, built.ok ? built.value.pod : built.refusal];
    });
    writeFileSync(GOLDEN_FILE, `${JSON.stringify(Object.fromEntries(pods), null, 1)}\n`);
  }

  for (const [name, task] of Object.entries(GOLDEN_TASKS)) {
    it(`CNT-05 maps ${name}`, () => {
      const built = build(task);
      expect(built.ok && built.value.pod).to.eql(golden[name]);
    });
  }

  for (const [name, task] of Object.entries(REFUSED_TASKS)) {
    it(`refuses ${name} by the field's name`, () => {
      const built = build(task);
      expect(built.ok ? "accepted" : built.refusal.field).to.equal(task.field);
    });
  }

  it("says what it ignores", () => {
    const built = build(GOLDEN_TASKS["a web server as Marathon sent it"] as GoldenTask);
    expect(built.ok && built.value.warnings).to.eql([
      "container.docker.parameters.log-driver has no meaning here and is ignored",
    ]);
  });
});
