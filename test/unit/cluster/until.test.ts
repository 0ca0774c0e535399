import { expect } from "chai";
import { FatalProbeError, until } from "../../cluster/host/until.ts";

describe("until", () => {
  const failure = async (...args: Parameters<typeof until>): Promise<string> =>
    until(...args).then(
      () => "",
      (error: unknown) => (error as Error).message,
    );
  const over = { timeoutMs: 0 };

  it("gives what the probe found, be it an empty string or a zero", async () => {
    expect(await until("zero", () => 0, over)).to.equal(0);
    expect(await until("nothing", () => Promise.resolve(""), over)).to.equal("");
  });

  it("looks again until there is something", async () => {
    let looks = 0;
    await until("the third look", () => ++looks === 3, { timeoutMs: 5_000, intervalMs: 0 });
    expect(looks).to.equal(3);
  });

  it("says what it waited for and what was seen last", async () => {
    const refused = (): never => {
      throw new Error("connection refused");
    };
    expect(await failure("an answer", refused, over)).to.equal(
      "an answer: not within 0 s; last seen: connection refused",
    );
    expect(await failure("an end", () => false, over)).to.match(/last seen: false$/);
  });

  it("describes the world, if it can, once the time is over", async () => {
    const describeWorld = (): Promise<string> => Promise.resolve("two Pods");
    expect(await failure("an end", () => undefined, { ...over, describeWorld })).to.equal(
      "an end: not within 0 s; last seen: undefined\n\ntwo Pods",
    );
  });

  it("gives up at once when its signal aborts or waiting is pointless", async () => {
    const endless = { timeoutMs: 3_600_000 };
    const fatal = (): never => {
      throw new FatalProbeError(new Error("exited with 1"));
    };
    expect(await failure("a start", fatal, endless)).to.equal("exited with 1");
    const signal = AbortSignal.abort(new Error("stopped"));
    expect(await failure("a start", () => false, { ...endless, signal })).to.equal("stopped");
  });
});
