import { expect } from "chai";
import type { RoleConfig } from "../../../../src/services/offer-engine/ports.ts";
import { makeClusterConfig } from "../../../support/mesos/cluster-config.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

const rescinds = (scenario: EngineScenario, stream: string): number =>
  scenario.events(stream).filter(({ type }) => type === "RESCIND").length;
const capabilities = [{ type: "MULTI_ROLE" as const }];

/** Two agents of 4 cpus; `web` is offered one of them and `ml` the other. */
function makeScenario(): EngineScenario {
  const scenario = new EngineScenario();
  for (const name of ["web", "ml"]) {
    scenario.framework(name, { framework_info: { user: "u", name, roles: [name], capabilities } });
  }
  for (const name of ["n1", "n2"]) scenario.agent(name, { resources: "cpus:4;mem:1024" });
  return scenario;
}
function change(scenario: EngineScenario, ...roles: RoleConfig[]): void {
  scenario.put({ kind: "configChanged", config: makeClusterConfig({ roles }) });
}

describe("a change of the configuration while offers are out (MES-12)", () => {
  it("takes back offers of a role above its new limit, and of no other", () => {
    const scenario = makeScenario();
    change(scenario, { name: "web", weight: 1, limitsMilli: { cpus: 1000 } });
    expect(rescinds(scenario, "web")).to.equal(1);
    expect(rescinds(scenario, "ml")).to.equal(0);
  });

  it("takes back nothing while the role is within its new limit", () => {
    const scenario = makeScenario();
    change(scenario, { name: "web", weight: 1, limitsMilli: { cpus: 4000 } });
    expect(rescinds(scenario, "web") + rescinds(scenario, "ml")).to.equal(0);
  });

  it("takes back offers of others until a new guarantee can be met", () => {
    const scenario = makeScenario();
    change(scenario, { name: "web", weight: 1, guaranteesMilli: { cpus: 6000 } });
    expect(rescinds(scenario, "web")).to.equal(0);
    expect(rescinds(scenario, "ml")).to.equal(1);
  });

  it("takes back nothing for a guarantee that is met already", () => {
    const scenario = makeScenario();
    change(scenario, { name: "web", weight: 1, guaranteesMilli: { cpus: 4000 } });
    expect(rescinds(scenario, "web") + rescinds(scenario, "ml")).to.equal(0);
  });

  it("takes all offers back when the weight of a role with frameworks changes", () => {
    const scenario = makeScenario();
    change(scenario, { name: "web", weight: 3 });
    expect([rescinds(scenario, "web"), rescinds(scenario, "ml")]).to.deep.equal([1, 1]);
  });

  it("takes nothing back for the weight of a role without frameworks", () => {
    const scenario = makeScenario();
    change(scenario, { name: "idle", weight: 3 });
    expect(rescinds(scenario, "web") + rescinds(scenario, "ml")).to.equal(0);
  });

  it("takes back offers of a principal whose limits change, and offers what they leave (SEC-06)", () => {
    const scenario = new EngineScenario();
    for (const name of ["web", "ml"]) {
      const info = { user: "u", name, roles: [name], principal: name, capabilities };
      scenario.framework(name, { framework_info: info });
    }
    for (const name of ["n1", "n2"]) scenario.agent(name, { resources: "cpus:4;mem:1024" });
    const config = makeClusterConfig({ principalLimits: { web: { cpus: 1000 } } });
    scenario.put({ kind: "configChanged", config });
    expect([rescinds(scenario, "web"), rescinds(scenario, "ml")]).to.deep.equal([1, 0]);
    scenario.put({ kind: "configChanged", config });
    expect(rescinds(scenario, "web")).to.equal(1);
  });
});
