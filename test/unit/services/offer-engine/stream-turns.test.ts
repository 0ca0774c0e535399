import { expect } from "chai";
import { StreamTurns } from "../../../../src/services/offer-engine/http/stream-turns.ts";

describe("turns of a stream's calls (MESOS-10023, MESOS-10056)", () => {
  let turns: StreamTurns;
  let acted: string[];
  const act = (name: string): string => {
    acted.push(name);
    return name;
  };
  const later = (): PromiseWithResolvers<string> => Promise.withResolvers<string>();

  beforeEach(() => {
    turns = new StreamTurns();
    acted = [];
  });

  it("acts at once where nothing is awaited", () => {
    expect(turns.inTurn("s", "first", act)).to.equal("first");
    expect(acted).to.deep.equal(["first"]);
  });

  it("keeps the order of arrival, whoever is known first", async () => {
    const slow = later();
    const fast = later();
    const answers = ["first", "second", "third"].map(async (name) =>
      turns.inTurn("s", { first: slow.promise, second: fast.promise }[name] ?? name, act),
    );
    fast.resolve("second");
    await fast.promise;
    expect(acted).to.deep.equal([]);
    slow.resolve("first");
    expect(await Promise.all(answers)).to.deep.equal(["first", "second", "third"]);
    expect(acted).to.deep.equal(["first", "second", "third"]);
    expect(turns.inTurn("s", "fourth", act)).to.equal("fourth");
  });

  it("does not hold up other streams, nor calls of none", async () => {
    const slow = later();
    const answer = turns.inTurn("s", slow.promise, act);
    expect(turns.inTurn("t", "other", act)).to.equal("other");
    expect(turns.inTurn(undefined, "none", act)).to.equal("none");
    slow.resolve("first");
    await answer;
  });

  it("goes on after a call that failed", async () => {
    const broken = later();
    const failing = turns.inTurn("s", broken.promise, act);
    const next = turns.inTurn("s", "next", act);
    broken.reject(new Error("who knows"));
    await Promise.resolve(failing).then(
      () => expect.fail("expected an error"),
      () => undefined,
    );
    expect(await next).to.equal("next");
  });

  it("does not wait for answers, only for what calls do", async () => {
    const slow = later();
    const unanswered = later();
    void turns.inTurn("s", slow.promise, (name) => {
      act(name);
      return unanswered.promise;
    });
    const next = turns.inTurn("s", "next", act);
    slow.resolve("first");
    expect(await next).to.equal("next");
  });
});
