import { expect } from "chai";
import { AgentWorld } from "../../../../support/agent/agent-world.ts";
import { commandTask } from "../../../../support/agent/http-master.ts";

describe("the link to the master", () => {
  let world: AgentWorld;
  beforeEach(() => (world = new AgentWorld()));
  afterEach(() => world.stop());

  it("MES-03 subscribes without an id at first, and with the given one ever after", async () => {
    await world.start();
    world.link.cut();
    await world.clock.advance(2_000);
    expect(world.link.subscriptions.map((call) => call.agent_id)).to.eql([
      undefined,
      world.agent.agentId,
    ]);
    expect(world.agent.ready).to.equal(true);
  });

  it("beats at the interval that the master chose", async () => {
    await world.start();
    await world.clock.advance(5_000);
    expect(world.link.of("BEAT")).to.have.length(6);
  });

  it("numbers calls without gaps, and repeats a batch whose answer was lost", async () => {
    await world.start();
    world.link.losesAnswers = true;
    await world.launch(commandTask("t", "x"));
    await world.clock.advance(1_000);
    world.link.losesAnswers = false;
    await world.clock.advance(1_000);
    const numbers = world.link.calls.map((call) => call.seq);
    expect(numbers).to.eql(numbers.map((_seq, index) => index + 1));
    expect(world.told()).to.eql(["t:STARTING"]);
  });

  it("waits longer and longer, up to a minute, while no master answers", async () => {
    world.link.isDown = true;
    await world.start();
    await world.clock.advance(600_000);
    const asked = world.link.subscriptions.length;
    expect(asked).to.be.within(12, 60);
    expect(world.agent.ready).to.equal(false);
    world.link.isDown = false;
    await world.clock.advance(60_000);
    expect(world.agent.ready).to.equal(true);
  });

  it("leaves a stream on which nobody answers for a whole lease", async () => {
    await world.start();
    world.link.isDown = true;
    await world.clock.advance(8_000);
    expect(world.agent.ready).to.equal(false);
    expect(world.link.subscriptions.length).to.be.greaterThan(1);
  });

  it("refuses events of a lower term than the highest it has seen", async () => {
    await world.start();
    world.link.term = 5;
    await world.push({ type: "REACTIVATE" });
    world.link.term = 4;
    await world.launch(commandTask("t", "x"));
    expect(world.launcher.launched).to.eql([]);
    expect(world.meter.value("orchestrator_agent_lower_term_events_total")).to.equal(1);
    world.link.cut();
    await world.clock.advance(2_000);
    expect(world.link.subscriptions.at(-1)?.term_seen).to.equal(5);
  });

  it("sends every head again at once when it is back", async () => {
    await world.start();
    await world.launch(commandTask("t", "x"));
    const before = world.link.of("STATUS_UPDATE").length;
    world.link.cut();
    await world.clock.advance(2_000);
    expect(world.link.of("STATUS_UPDATE").length).to.equal(before + 1);
    expect(world.told()).to.eql(["t:STARTING"]);
  });

  it("says goodbye before it goes", async () => {
    await world.start();
    await world.agent.goodbye("restart", 8_000);
    const [goodbye] = world.link.of("GOODBYE");
    expect([goodbye?.reason, goodbye?.within_ms]).to.eql(["restart", 8_000]);
  });
});
