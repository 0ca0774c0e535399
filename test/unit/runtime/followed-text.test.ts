import { expect } from "chai";
import { FollowedText } from "../../../src/runtime/followed-text.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("FollowedText", () => {
  let clock: VirtualClock;
  let logger: RecordingLogger;
  let text: () => Promise<string | undefined>;
  let followed: FollowedText<number>;
  let changes: number;
  const faults = (): string[] => logger.lines.map(({ error }) => (error as Error).message);

  beforeEach(() => {
    clock = new VirtualClock();
    logger = new RecordingLogger();
    changes = 0;
    text = () => Promise.resolve("1");
    followed = new FollowedText({
      source: { name: "numbers", read: () => text() },
      read: (given) =>
        /^\d+$/.test(given)
          ? { ok: true, value: Number(given) }
          : { ok: false, message: "no number" },
      first: 0,
      clock,
      logger,
    });
    followed.subscribe(() => (changes += 1));
  });
  afterEach(() => followed.stop());

  it("reads at once and looks again every ten seconds; equal texts change nothing", async () => {
    expect(followed.current()).to.equal(0);
    await followed.start();
    expect([followed.current(), changes]).to.deep.equal([1, 1]);
    await clock.advance(10_000);
    expect(changes).to.equal(1);
    text = () => Promise.resolve("2");
    await clock.advance(9_999);
    expect(followed.current()).to.equal(1);
    await clock.advance(1);
    expect([followed.current(), changes]).to.deep.equal([2, 2]);
  });

  it("keeps what it has when the text is wrong, gone or out of reach, and says so once", async () => {
    await followed.start();
    const bad: (() => Promise<string | undefined>)[] = [
      () => Promise.resolve("two"),
      () => Promise.resolve(undefined),
      () => Promise.reject(new Error("away")),
    ];
    for (const one of bad) {
      text = one;
      await clock.advance(30_000);
      expect(followed.current()).to.equal(1);
    }
    expect(faults()).to.deep.equal(["no number", "it is not there", "away"]);
    text = () => Promise.resolve("3");
    await clock.advance(10_000);
    expect(followed.current()).to.equal(3);
  });

  it("does not wait for ever", async () => {
    text = () => new Promise(() => undefined);
    followed = new FollowedText({
      source: {
        name: "numbers",
        read: (signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason as Error));
          }),
      },
      read: () => ({ ok: true, value: 1 }),
      first: 0,
      clock,
      logger,
    });
    const started = followed.start();
    await clock.advance(5_000);
    await started;
    expect(faults()).to.deep.equal(["timed out after 5000 ms"]);
  });

  it("looks no more once it is stopped", async () => {
    await followed.start();
    followed.stop();
    expect(clock.pending).to.equal(0);
  });
});
