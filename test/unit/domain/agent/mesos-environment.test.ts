import { expect } from "chai";
import {
  mesosDuration,
  mesosEnvironment,
  parseMesosDuration,
} from "../../../../src/domain/agent/mesos-environment.ts";
import { makeRecord } from "../../../support/agent/builders.ts";

describe("Mesos durations", () => {
  it("print in the largest unit that divides them, and read back", () => {
    const cases: Record<string, number> = {
      "5secs": 5_000,
      "15mins": 900_000,
      "2hrs": 7_200_000,
      "1weeks": 604_800_000,
      "1500ms": 1_500,
    };
    for (const [text, ms] of Object.entries(cases)) {
      expect(mesosDuration(ms)).to.equal(text);
      expect(parseMesosDuration(text)).to.equal(ms);
    }
    expect(parseMesosDuration("soon")).to.equal(undefined);
  });
});

describe("mesosEnvironment", () => {
  it("MES-33 holds what every executor finds", () => {
    const environment = Object.fromEntries(
      mesosEnvironment(makeRecord(), {
        agentId: "a",
        endpoint: "10.0.0.1:5051",
        sandbox: "/s",
        directory: "/d",
        recoveryTimeoutMs: 900_000,
        shutdownGraceMs: 5_000,
      }),
    );
    expect(environment).to.include({
      MESOS_SLAVE_PID: "slave(1)@10.0.0.1:5051",
      MESOS_SANDBOX: "/s",
      MESOS_CHECKPOINT: "1",
      MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: "5secs",
      MESOS_RECOVERY_TIMEOUT: "15mins",
    });
  });
});
