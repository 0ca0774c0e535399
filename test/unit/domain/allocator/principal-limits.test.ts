import { expect } from "chai";
import { Scene } from "../../../support/allocator/scene.ts";

describe("limits of a principal (SEC-06)", () => {
  it("bind all its frameworks together, in whatever roles", () => {
    const scene = new Scene();
    scene.limitPrincipal("ann", "cpus:3");
    scene.framework("one", ["a"], { principal: "ann" });
    scene.framework("two", ["b"], { principal: "ann" });
    expect(scene.agent("x", "cpus:2;mem:64")).to.deep.equal(["one as a on x: cpus:2;mem:64"]);
    expect(scene.agent("y", "cpus:2;mem:64")).to.deep.equal(["two as b on y: cpus:1;mem:64"]);
    expect(scene.agent("z", "cpus:2")).to.deep.equal([]);
  });

  it("bind nobody else", () => {
    const scene = new Scene();
    scene.limitPrincipal("ann", "cpus:0");
    scene.framework("hers", ["a"], { principal: "ann" });
    scene.framework("his", ["a"], { principal: "ben" });
    scene.framework("nobody's", ["a"]);
    expect(scene.agent("x", "cpus:2")).to.deep.equal(["his as a on x: cpus:2"]);
    expect(scene.agent("y", "cpus:2")).to.deep.equal(["nobody's as a on y: cpus:2"]);
    expect(scene.agent("z", "cpus:2").join()).not.to.contain("hers");
  });

  it("are gone when they are empty", () => {
    const scene = new Scene();
    scene.limitPrincipal("ann", "cpus:0");
    scene.framework("hers", ["a"], { principal: "ann" });
    expect(scene.agent("x", "cpus:2")).to.deep.equal([]);
    scene.limitPrincipal("ann", "");
    expect(scene.tick()).to.deep.equal(["hers as a on x: cpus:2"]);
  });

  it("count with the role's: the smaller counts", () => {
    const scene = new Scene();
    scene.quota("a", "", "cpus:4;mem:32");
    scene.limitPrincipal("ann", "cpus:3;mem:64");
    scene.framework("one", ["a"], { principal: "ann" });
    expect(scene.agent("x", "cpus:8;mem:128")).to.deep.equal(["one as a on x: cpus:3;mem:32"]);
  });

  it("leave a guarantee whole, and cut what would go beyond it", () => {
    const scene = new Scene();
    scene.limitPrincipal("ann", "cpus:3");
    scene.quota("a", "cpus:2");
    scene.framework("one", ["a"], { principal: "ann" });
    expect(scene.agent("x", "cpus:8")).to.deep.equal(["one as a on x: cpus:3"]);
  });

  it("bind what is lent beyond the limit of a role", () => {
    const scene = new Scene();
    scene.quota("a", "", "cpus:2", "Soft");
    scene.limitPrincipal("ann", "cpus:3");
    scene.framework("one", ["a"], {
      principal: "ann",
      capabilities: ["MULTI_ROLE", "REVOCABLE_RESOURCES"],
    });
    expect(scene.agent("x", "cpus:8")).to.deep.equal(["one as a on x: cpus:2;cpus{REV}:1"]);
  });

  it("count what is reserved", () => {
    const scene = new Scene();
    scene.limitPrincipal("ann", "cpus:1");
    scene.framework("one", ["a"], { principal: "ann" });
    expect(scene.agent("x", "cpus:4;cpus(a):2")).to.deep.equal(["one as a on x: cpus:1;cpus(a):2"]);
    expect(scene.agent("y", "cpus:4")).to.deep.equal([]);
  });

  it("count what its frameworks hold already when they are set", () => {
    const scene = new Scene();
    scene.framework("one", ["a"], { principal: "ann" });
    scene.agent("x", "cpus:2");
    scene.limitPrincipal("ann", "cpus:3");
    expect(scene.agent("y", "cpus:2")).to.deep.equal(["one as a on y: cpus:1"]);
  });

  it("count what a framework was known to use before it came back and said whose it is", () => {
    const scene = new Scene();
    scene.limitPrincipal("ann", "cpus:3");
    scene.agent("x", "cpus:2", { used: [["one", "a", "cpus:2"]] });
    scene.framework("one", ["a"], { principal: "ann" });
    expect(scene.agent("y", "cpus:2")).to.deep.equal(["one as a on y: cpus:1"]);
  });

  it("are explained as a limit", () => {
    const scene = new Scene();
    scene.limitPrincipal("ann", "cpus:0;mem:0");
    scene.framework("one", ["a"], { principal: "ann" });
    scene.agent("x", "cpus:2;mem:64");
    const why = scene.allocator.view.explain({ frameworkId: "one" as never, role: "a" });
    expect(why?.map(({ reason }) => reason)).to.deep.equal(["limit"]);
  });

  it("open the agents that they kept from it when they are raised or something is given back", () => {
    const scene = new Scene({ trigger: "event", coalesceMs: 0 });
    scene.limitPrincipal("ann", "cpus:2");
    scene.framework("one", ["a"], { principal: "ann" });
    scene.agent("x", "cpus:2");
    scene.agent("y", "cpus:2");
    expect(scene.run()).to.have.length(1);
    expect(scene.run(1)).to.deep.equal([]);
    scene.limitPrincipal("ann", "cpus:3");
    expect(scene.run(1).join()).to.match(/cpus:1$/);
    const [held] = ["x", "y"].filter(
      (agent) =>
        scene.allocator.view.held("one" as never, "a", agent as never).length > 0 &&
        scene.allocator.view.free(agent as never).length === 0,
    );
    scene.decline("one", "a", held ?? "", 1000);
    expect(scene.run(1)).to.have.length(1);
  });
});
