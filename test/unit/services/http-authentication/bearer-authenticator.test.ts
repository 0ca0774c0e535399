import { expect } from "chai";
import type { Principal, Verdict } from "../../../../src/runtime/ports/authenticator.ts";
import { BearerAuthenticator } from "../../../../src/services/http-authentication/bearer-authenticator.ts";
import { makeRequest } from "../../../support/http-request.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const AGENT: Principal = {
  value: "system:serviceaccount:ns:agent",
  claims: { uid: "1" },
  groups: ["g"],
};

describe("BearerAuthenticator (SEC-01)", () => {
  let clock: VirtualClock;
  let logger: RecordingLogger;
  let asked: string[];
  let answer: (token: string) => Promise<Principal | undefined>;
  let method: BearerAuthenticator;
  const ask = (header: string): Verdict | Promise<Verdict> =>
    method.verify(makeRequest({ Authorization: header }));

  beforeEach(() => {
    clock = new VirtualClock();
    logger = new RecordingLogger();
    asked = [];
    answer = (token) => Promise.resolve(token === "good" ? AGENT : undefined);
    const reviews = {
      review: (token: string) => {
        asked.push(token);
        return answer(token);
      },
    };
    method = new BearerAuthenticator(reviews, clock, logger);
  });

  it("knows a token's principal, in both spellings", async () => {
    const known = { kind: "known", principal: AGENT };
    expect(await ask("Bearer good")).to.deep.equal(known);
    expect(await ask("token=good")).to.deep.equal(known);
    expect(await ask('token="good"')).to.deep.equal(known);
    expect(asked).to.deep.equal(["good"]);
  });

  it("leaves other methods alone", () => {
    for (const header of ["Basic good", "", "Bearer"]) {
      expect(ask(header), header).to.deep.equal({ kind: "absent" });
    }
  });

  it("remembers a yes for a minute and a no for ten seconds", async () => {
    await ask("Bearer good");
    await ask("Bearer bad");
    await clock.advance(9_999);
    expect(await ask("Bearer bad")).to.deep.equal({ kind: "refused" });
    expect(asked).to.have.length(2);
    await clock.advance(2);
    await ask("Bearer bad");
    expect(asked).to.have.length(3);
    await clock.advance(49_990);
    await ask("Bearer good");
    expect(asked).to.have.length(3);
    await clock.advance(20);
    await ask("Bearer good");
    expect(asked).to.have.length(4);
  });

  it("asks once for many requests of the same token", async () => {
    await Promise.all([ask("Bearer good"), ask("Bearer good"), ask("token=good")]);
    expect(asked).to.have.length(1);
  });

  it("says that it does not know when nobody answers, and asks again", async () => {
    answer = () => Promise.reject(new Error("away"));
    expect(await ask("Bearer good")).to.include({ kind: "unavailable" });
    expect(JSON.stringify(logger.lines)).not.to.include("good");
    answer = () => Promise.resolve(AGENT);
    expect(await ask("Bearer good")).to.include({ kind: "known" });
  });

  it("gives up after five seconds", async () => {
    const reviews = {
      review: (_token: string, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    };
    method = new BearerAuthenticator(reviews, clock, logger);
    const verdict = ask("Bearer good");
    await clock.advance(5_000);
    expect(await verdict).to.include({ kind: "unavailable" });
  });

  it("lets an address make up five tokens a minute, and those that are right go on", async () => {
    await ask("Bearer good");
    for (let i = 0; i < 5; i += 1)
      expect(await ask(`Bearer t${i}`)).to.include({ kind: "refused" });
    expect(ask("Bearer t5")).to.deep.equal({ kind: "throttled", retryAfterMs: 12_000 });
    expect(ask("Bearer t4")).to.include({ kind: "throttled" });
    expect(await ask("Bearer good")).to.include({ kind: "known" });
    expect(asked).to.have.length(6);
    await clock.advance(12_000);
    expect(await ask("Bearer t5")).to.include({ kind: "refused" });
  });

  it("asks again about a token that was right, whatever others at its address try", async () => {
    await ask("Bearer good");
    await clock.advance(60_001);
    for (let i = 0; i < 5; i += 1) await ask(`Bearer t${i}`);
    expect(ask("Bearer t5")).to.include({ kind: "throttled" });
    expect(await ask("Bearer good")).to.include({ kind: "known" });
  });

  it("counts a token that is given again and again as often", async () => {
    for (let i = 0; i < 5; i += 1) await ask("Bearer bad");
    expect(ask("Bearer bad")).to.include({ kind: "throttled" });
  });

  it("does not pass on a flood of made-up tokens", async () => {
    const held = Promise.withResolvers<undefined>();
    answer = () => held.promise;
    const first = Array.from({ length: 64 }, async (_, i) => ask(`Bearer t${i}`));
    expect(ask("Bearer one-more")).to.include({ kind: "unavailable" });
    held.resolve(undefined);
    expect((await Promise.all(first)).every(({ kind }) => kind === "refused")).to.equal(true);
  });
});
