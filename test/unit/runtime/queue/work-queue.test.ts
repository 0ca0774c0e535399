import { expect } from "chai";
import { WorkQueue } from "../../../../src/runtime/queue/work-queue.ts";
import { RecordingMeter } from "../../../support/recording-meter.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

describe("WorkQueue", () => {
  let clock: VirtualClock;
  let meter: RecordingMeter;
  let queue: WorkQueue;

  beforeEach(() => {
    clock = new VirtualClock();
    meter = new RecordingMeter();
    queue = new WorkQueue({ name: "test", clock, random: new SeededRandom(1), meter });
  });

  /** Takes and finishes keys until none is ready. */
  async function drain(): Promise<string[]> {
    const taken: string[] = [];
    while (queue.depth > 0) {
      const key = (await queue.take())!;
      taken.push(key);
      queue.done(key);
    }
    return taken;
  }

  it("gives keys out in the order they came, each once", async () => {
    for (const key of ["a", "b", "a", "c"]) queue.add(key);
    expect(await drain()).to.deep.equal(["a", "b", "c"]);
  });

  it("gives changes before looks for completeness", async () => {
    queue.add("quiet", { priority: -100 });
    queue.add("changed");
    expect(await drain()).to.deep.equal(["changed", "quiet"]);
  });

  it("raises a waiting look when its object changes", async () => {
    queue.add("a", { priority: -100 });
    queue.add("b", { priority: -100 });
    queue.add("b");
    expect(await drain()).to.deep.equal(["b", "a"]);
  });

  it("lets a look that has waited a minute stand in line with the changes", async () => {
    queue.add("old", { priority: -100 });
    await clock.advance(60_001);
    queue.add("quiet", { priority: -100 });
    queue.add("changed");
    expect(await drain()).to.deep.equal(["changed", "old", "quiet"]);
  });

  it("hands a key to the worker that has waited longest", async () => {
    const first = queue.take();
    const second = queue.take();
    queue.add("a");
    queue.add("b");
    expect(await first).to.equal("a");
    expect(await second).to.equal("b");
  });

  it("does not give a key out that is worked on, but gives it again when it was asked for meanwhile", async () => {
    queue.add("a");
    await queue.take();
    queue.add("a");
    expect(queue.depth).to.equal(0);
    queue.done("a");
    expect(await drain()).to.deep.equal(["a"]);
  });

  it("waits with a delayed key until it is due", async () => {
    queue.add("later", { delayMs: 100 });
    await clock.advance(99);
    expect(queue.depth).to.equal(0);
    await clock.advance(1);
    expect(await drain()).to.deep.equal(["later"]);
  });

  it("takes the earliest of several times", async () => {
    queue.add("a", { delayMs: 5_000 });
    queue.add("a", { delayMs: 1_000 });
    queue.add("a", { delayMs: 3_000 });
    await clock.advance(1_000);
    expect(await drain()).to.deep.equal(["a"]);
    await clock.advance(10_000);
    expect(queue.depth).to.equal(0);
  });

  it("lets a change overtake the delay of its key", async () => {
    queue.add("a", { delayMs: 5_000 });
    queue.add("a");
    expect(await drain()).to.deep.equal(["a"]);
  });

  it("waits longer after each failure in a row and starts anew once it went well", () => {
    const delays = Array.from({ length: 3 }, () => queue.retry("a"));
    expect(delays[0]).to.be.within(5, 5.5);
    expect(delays[1]).to.be.within(10, 11);
    expect(delays[2]).to.be.within(20, 22);
    queue.forget("a");
    expect(queue.retry("a")).to.be.within(5, 5.5);
  });

  it("never waits longer than a thousand seconds", () => {
    let longest = 0;
    for (let failures = 0; failures < 100; failures += 1) longest = queue.retry("a");
    expect(longest).to.equal(1_000_000);
  });

  it("sends its workers home when it closes, and takes nothing more", async () => {
    const waiting = queue.take();
    queue.close();
    expect(await waiting).to.equal(undefined);
    queue.add("a");
    expect(await queue.take()).to.equal(undefined);
  });

  it("tells what controller-runtime's dashboards ask for", async () => {
    const labels = { name: "test", controller: "test" };
    queue.add("a");
    queue.add("b", { priority: -100 });
    expect(meter.value("workqueue_depth", { ...labels, priority: "0" })).to.equal(1);
    expect(meter.value("workqueue_depth", { ...labels, priority: "-100" })).to.equal(1);
    await clock.advance(2_000);
    await queue.take();
    await clock.advance(3_000);
    expect(meter.value("workqueue_unfinished_work_seconds", labels)).to.equal(3);
    expect(meter.value("workqueue_longest_running_processor_seconds", labels)).to.equal(3);
    queue.done("a");
    expect(meter.value("workqueue_adds_total", labels)).to.equal(2);
    expect(meter.observed("workqueue_queue_duration_seconds", labels)).to.deep.equal([2]);
    expect(meter.observed("workqueue_work_duration_seconds", labels)).to.deep.equal([3]);
  });
});
