import { expect } from "chai";
import { isOperatingError } from "../../../../src/api/errors/operating-error.ts";
import { parseOperatorConfig } from "../../../../src/processes/operator/config.ts";

function faults(flags: Record<string, unknown>, file = {}, environment = {}): string {
  try {
    parseOperatorConfig(flags, file, environment);
    return "";
  } catch (error) {
    if (isOperatingError(error, "CONFIG_INVALID")) return error.message;
    throw error;
  }
}

describe("configuration of the operator", () => {
  it("takes flags over environment over file over defaults", () => {
    const { logLevel, maxConcurrent, healthPort, image } = parseOperatorConfig(
      { logLevel: "debug", image: undefined },
      { logLevel: "warn", maxConcurrent: 3, healthPort: 1 },
      { ORCHESTRATOR_LOG_LEVEL: "error", ORCHESTRATOR_MAX_CONCURRENT: "5" },
    );
    expect({ logLevel, maxConcurrent, healthPort, image }).to.deep.equal({
      logLevel: "debug",
      maxConcurrent: 5,
      healthPort: 1,
      image: "localhost/orchestrator:dev",
    });
  });

  it("knows its pod by the environment", () => {
    const config = parseOperatorConfig({}, {}, { POD_NAME: "op-1", POD_NAMESPACE: "ours" });
    expect(config).to.include({ identity: "op-1", namespace: "ours" });
  });

  it("names everything that is wrong at once", () => {
    expect(
      faults({ maxConcurrent: 0, logLevel: "loud" }, { unheardOf: 1 }).split("\n").sort(),
    ).to.deep.equal([
      '--log-level: Invalid option: expected one of "error"|"warn"|"info"|"debug"',
      "--max-concurrent: Too small: expected number to be >=1",
      "--unheard-of: no such option",
    ]);
  });

  it("refuses to let children take over Argo CD's keys: it would prune them", () => {
    expect(faults({ inheritLabels: "team,argocd.argoproj.io/instance" })).to.contain(
      "--inherit-labels: Argo CD's own keys",
    );
  });
});
