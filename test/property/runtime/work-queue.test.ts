import { expect } from "chai";
import fc from "fast-check";
import { keyBackoffMs } from "../../../src/runtime/queue/key-backoff.ts";
import { WorkQueue } from "../../../src/runtime/queue/work-queue.ts";
import { RecordingMeter } from "../../support/recording-meter.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

type Step =
  | { readonly do: "add"; readonly key: string; readonly quiet: boolean; readonly delayMs: number }
  | { readonly do: "retry"; readonly key: string }
  | { readonly do: "take" }
  | { readonly do: "done" }
  | { readonly do: "wait"; readonly ms: number };

const key = fc.constantFrom("a", "b", "c", "d");
const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({
      do: fc.constant("add" as const),
      key,
      quiet: fc.boolean(),
      delayMs: fc.constantFrom(0, 0, 10, 1_000),
    }),
    fc.record({ do: fc.constant("retry" as const), key }),
    fc.record({ do: fc.constant("take" as const) }),
    fc.record({ do: fc.constant("done" as const) }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 10, 1_000, 70_000) }),
  ),
  { maxLength: 60 },
);

describe("WorkQueue laws", () => {
  it("works on no key twice at once and loses none, whatever happens in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        const clock = new VirtualClock();
        const queue = new WorkQueue({
          name: "law",
          clock,
          random: new SeededRandom(7),
          meter: new RecordingMeter(),
        });
        const inWork = new Set<string>();
        const owed = new Set<string>();
        const take = async (): Promise<void> => {
          const taken = (await queue.take())!;
          expect(inWork.has(taken), `${taken} is worked on twice`).to.equal(false);
          inWork.add(taken);
          owed.delete(taken);
        };
        for (const step of run) {
          if (step.do === "add") {
            queue.add(step.key, { priority: step.quiet ? -100 : 0, delayMs: step.delayMs });
            owed.add(step.key);
          } else if (step.do === "retry") {
            queue.retry(step.key);
            owed.add(step.key);
          } else if (step.do === "wait") await clock.advance(step.ms);
          else if (step.do === "take" && queue.depth > 0) await take();
          else if (step.do === "done") {
            for (const one of inWork) {
              inWork.delete(one);
              queue.done(one);
              break;
            }
          }
        }
        for (const one of inWork) queue.done(one);
        inWork.clear();
        await clock.advance(1_100_000);
        while (queue.depth > 0) {
          await take();
          for (const one of inWork) queue.done(one);
          inWork.clear();
        }
        expect([...owed], "asked for and never given out").to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });

  it("is due at the earliest time asked for and no earlier", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 8 }),
        async (delays) => {
          const clock = new VirtualClock();
          const random = new SeededRandom(7);
          const meter = new RecordingMeter();
          const queue = new WorkQueue({ name: "law", clock, random, meter });
          for (const delayMs of delays) queue.add("a", { delayMs });
          const earliestMs = Math.min(...delays);
          await clock.advance(earliestMs - 1);
          expect(queue.depth).to.equal(0);
          await clock.advance(1);
          expect(queue.depth).to.equal(1);
        },
      ),
    );
  });

  it("backs off between 5 ms and 1,000 s, never less after more failures", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer(), (failures, seed) => {
        const now = keyBackoffMs(failures, new SeededRandom(seed));
        const next = keyBackoffMs(failures + 1, new SeededRandom(seed));
        expect(now).to.be.within(5, 1_000_000);
        expect(next).to.be.at.least(now);
      }),
    );
  });
});
