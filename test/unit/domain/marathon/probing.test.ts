import { expect } from "chai";
import {
  advanceCheck,
  newCheckState,
} from "../../../../src/domain/marathon/probing/check-state.ts";
import {
  checkAddress,
  proberChecks,
  readinessGates,
} from "../../../../src/domain/marathon/probing/prober-checks.ts";
import { makeApp, makePod } from "../../../support/marathon/make-app.ts";

const HTTP = { protocol: "HTTP" };
const bridge = (healthChecks: readonly object[]) => ({
  networks: [{ mode: "container/bridge" }],
  container: {
    docker: { image: "i" },
    portMappings: [{ containerPort: 80 }, { containerPort: 81 }],
  },
  healthChecks,
});
const dynamic = (healthChecks: readonly object[]) => ({
  portDefinitions: [{ port: 0 }, { port: 0 }],
  healthChecks,
});

const ours: Readonly<Record<string, { readonly app: object; readonly want: readonly string[] }>> = {
  "none of an app without checks": { app: {}, want: [] },
  "not the first check, which the kubelet runs": { app: bridge([HTTP]), want: [] },
  "further checks": { app: bridge([HTTP, { ...HTTP, portIndex: 1 }]), want: ["healthChecks[1]"] },
  "the first on a dynamic host port": { app: dynamic([HTTP]), want: ["healthChecks[0]"] },
  "not a command, which only runs inside": {
    app: dynamic([HTTP, { protocol: "COMMAND", command: { value: "true" } }]),
    want: ["healthChecks[0]"],
  },
  "not a check on a fixed port": { app: dynamic([{ ...HTTP, port: 80 }]), want: [] },
  "readiness checks": {
    app: { portDefinitions: [{ port: 0, name: "http-api" }], readinessChecks: [{}] },
    want: ["readinessChecks[0]"],
  },
};

describe("checks of the operator", () => {
  for (const [name, { app, want }] of Object.entries(ours)) {
    it(`are ${name}`, () => {
      const checks = proberChecks(makeApp(app));
      expect(checks.map((check) => check.name)).to.deep.equal(want);
      expect(readinessGates(makeApp(app))).to.have.length(want.length === 0 ? 0 : 1);
    });
  }

  it("go to the port that the engine gave, and wait until it has given one", () => {
    const app = makeApp(dynamic([{ ...HTTP, portIndex: 1 }]));
    const [check] = proberChecks(app);
    expect(checkAddress(app, makePod(), check!)).to.equal(undefined);
    const annotations = {
      "marathon.orchestrator.io/port.0": "31000",
      "marathon.orchestrator.io/port.1": "31001",
    };
    expect(checkAddress(app, makePod({ annotations }), check!)).to.deep.equal({
      host: "192.168.0.1",
      port: 31_001,
    });
  });

  it("ignore failures in the grace period, count them after it, and kill after as many in a row", () => {
    const app = makeApp(dynamic([{ ...HTTP, gracePeriodSeconds: 10, maxConsecutiveFailures: 2 }]));
    const [check] = proberChecks(app);
    const failed = { passed: false };
    let step = advanceCheck(check!, newCheckState(0), failed, 9_999);
    expect(step).to.deep.include({ kill: false });
    expect(step.state.failures).to.equal(0);
    step = advanceCheck(check!, step.state, failed, 10_000);
    expect(step.kill).to.equal(false);
    step = advanceCheck(check!, step.state, failed, 20_000);
    expect(step.kill).to.equal(true);
  });

  it("end the grace period with the first success, and a success forgives", () => {
    const app = makeApp(
      dynamic([{ ...HTTP, gracePeriodSeconds: 1_000, maxConsecutiveFailures: 1 }]),
    );
    const [check] = proberChecks(app);
    const passed = advanceCheck(check!, newCheckState(0), { passed: true }, 1);
    expect(advanceCheck(check!, passed.state, { passed: false }, 2).kill).to.equal(true);
    expect(passed.isOver).to.equal(false);
  });

  it("never kill when failures are allowed for ever, and ask for readiness only until the first success", () => {
    const app = makeApp({
      ...dynamic([{ ...HTTP, maxConsecutiveFailures: 0 }]),
      portDefinitions: [{ port: 0, name: "http-api" }],
      readinessChecks: [{}],
    });
    const [health, readiness] = proberChecks(app);
    let state = newCheckState(-1e9);
    for (let i = 0; i < 20; i += 1) {
      const step = advanceCheck(health!, state, { passed: false }, i);
      expect(step.kill).to.equal(false);
      state = step.state;
    }
    expect(advanceCheck(readiness!, newCheckState(0), { passed: true }, 1).isOver).to.equal(true);
  });
});
