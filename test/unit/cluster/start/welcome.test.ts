import { expect } from "chai";
import { versionProblem } from "../../../cluster/start/check-existing.ts";
import { welcome } from "../../../cluster/start/welcome.ts";

const endpoints = {
  kubeconfig: "/k",
  mesos: "http://127.0.0.1:41233",
  marathon: "http://127.0.0.1:8080",
  pids: {},
} as const;

describe("what a person sees when everything is up", () => {
  it("says plainly that apps wait where there is no kubelet", () => {
    const text = welcome({ ...endpoints, tier: "control-plane", cluster: "default" }, 20.4);
    expect(text).to.match(/up after 20 s \(tier control-plane\)/);
    expect(text).to.match(/no kubelet, so no pod runs/);
    expect(text).to.not.include("rollout web");
  });

  it("suggests commands that fit the cluster's name and the ports in use", () => {
    const own = welcome({ ...endpoints, tier: "nodes", cluster: "mine" }, 1);
    expect(own).to.include("npm run -s cluster -- kubectl --name mine -n orchestrator get mc,ma");
    expect(own).to.include("curl -s http://127.0.0.1:41233/master/state-summary");
    expect(own).to.include(
      "npm run -s cluster -- kubectl --name mine argo rollouts -n orchestrator get rollout web",
    );
    expect(own).to.not.include("no kubelet");
    const existing = welcome({ ...endpoints, tier: "existing" }, 1);
    expect(existing).to.include("kubectl --kubeconfig=/k -n orchestrator get mc,ma");
    expect(existing).to.include(
      "  KUBECONFIG=/k kubectl argo rollouts -n orchestrator get rollout web",
    );
  });
});

describe("an existing cluster", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1", "30", true],
    ["1", "31+", true],
    ["2", "0", true],
    ["1", "29", false],
    ["1", "28+", false],
  ];
  for (const [major, minor, isFine] of cases) {
    it(`of version ${major}.${minor} is ${isFine ? "new enough" : "too old"}`, () => {
      const problem = versionProblem({ major, minor, gitVersion: `v${major}.${minor}.1` });
      if (isFine) expect(problem).to.equal(undefined);
      else expect(problem).to.include(`v${major}.${minor}.1 is too old`);
    });
  }
});
