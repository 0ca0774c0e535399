import { expect } from "chai";
import { deadline, sleep } from "../../../src/runtime/ports/clock.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("VirtualClock", () => {
  it("fires timers in the order of their times, each at its own time", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    for (const ms of [30, 10, 20]) {
      clock.after(ms, () => fired.push(`${ms} at ${clock.monotonicMs()}`));
    }
    await clock.advance(25);
    expect(fired).to.deep.equal(["10 at 10", "20 at 20"]);
    expect(clock.monotonicMs()).to.equal(25);
    expect(clock.pending).to.equal(1);
  });

  it("runs what a timer woke before the next one fires", async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    void sleep(clock, 10).then(() => seen.push("woken at 10"));
    clock.after(20, () => seen.push("fired at 20"));
    await clock.advance(20);
    expect(seen).to.deep.equal(["woken at 10", "fired at 20"]);
  });

  it("breaks ties by the seed: differently between seeds, always alike for one", async () => {
    const order = async (seed: number): Promise<string> => {
      const clock = new VirtualClock({ random: new SeededRandom(seed) });
      let text = "";
      for (const name of "abcdefgh") clock.after(5, () => (text += name));
      await clock.advance(5);
      return text;
    };
    expect(await order(1)).to.equal(await order(1));
    expect(await order(1)).not.to.equal(await order(2));
  });

  it("forgets a cancelled timer, and moves the wall clock alone when told to", async () => {
    const clock = new VirtualClock({ startMs: 1_000 });
    const cancel = clock.after(5, () => expect.fail("fired"));
    cancel();
    clock.jumpWall(500);
    await clock.advance(10);
    expect([clock.nowMs(), clock.monotonicMs()]).to.deep.equal([1_510, 10]);
  });

  it("serves sleeps and deadlines that end with a signal", async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const reason = new Error("stopped");
    const sleeping = sleep(clock, 1_000, stop.signal).catch((error: unknown) => error);
    stop.abort(reason);
    expect(await sleeping).to.equal(reason);
    const limit = deadline(clock, 50);
    await clock.advance(50);
    expect(limit.signal.reason).to.have.property("name", "TimeoutError");
    expect(clock.pending).to.equal(0);
  });
});
