import { expect } from "chai";
import { AgentWorld } from "../../../support/agent/agent-world.ts";
import { commandTask, FRAMEWORK_ID } from "../../../support/agent/http-master.ts";

describe("AgentService, when it says goodbye", () => {
  let world: AgentWorld;
  beforeEach(async () => {
    world = new AgentWorld();
    await world.start();
  });
  afterEach(() => world.stop());

  /** Whether the goodbye ends within this time. */
  async function endsWithin(limitMs: number): Promise<boolean> {
    let isOver = false;
    void world.agent.goodbye("restart", 600_000).then(() => (isOver = true));
    await world.clock.advance(limitMs);
    return isOver;
  }

  it("leaves a launch that is tried again to the next life", async () => {
    world.launcher.failuresLeft = 1_000;
    await world.launch(commandTask("t", "x"));
    expect(await endsWithin(1_500)).to.equal(true);
    expect(world.told()).to.eql([]);
  });

  it("takes no launch any more: the master hears of it at the next subscription", async () => {
    await endsWithin(1_500);
    await world.launch(commandTask("t", "x"));
    expect(world.launcher.launched).to.eql([]);
    expect(world.agent.runs()).to.eql([]);
  });

  it("repeats nothing any more", async () => {
    await world.launch(commandTask("t", "x"));
    world.launcher.fail("stop", 1_000);
    await world.push({ type: "KILL", framework_id: FRAMEWORK_ID, task_id: "t" });
    expect(await endsWithin(1_500)).to.equal(true);
    world.launcher.intercept = undefined;
    await world.clock.advance(60_000);
    expect(world.launcher.stopped).to.eql([]);
  });

  it("does not wait for ever for a call that hangs", async () => {
    world.launcher.intercept = (): Promise<void> => new Promise<void>(() => undefined);
    await world.launch(commandTask("t", "x"));
    expect(await endsWithin(12_000)).to.equal(true);
  });
});
