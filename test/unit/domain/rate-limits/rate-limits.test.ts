import { expect } from "chai";
import { limitOf, parseRateLimits } from "../../../../src/domain/rate-limits/rate-limits.ts";

const refusals: Record<string, readonly [given: unknown, path: string]> = {
  "what is no object": [[], ""],
  "a misspelled field": [{ limit: [] }, "limit"],
  "a limit without principal": [{ limits: [{ qps: 1 }] }, "limits[0].principal"],
  "a principal that is there twice": [
    { limits: [{ principal: "a" }, { principal: "a" }] },
    "limits[1].principal",
  ],
  "a misspelled field of a limit": [{ limits: [{ principal: "a", rate: 1 }] }, "limits[0].rate"],
  "no calls at all": [{ limits: [{ principal: "a", qps: 0 }] }, "limits[0].qps"],
  "a capacity of parts": [
    { limits: [{ principal: "a", qps: 1, capacity: 1.5 }] },
    "limits[0].capacity",
  ],
  "a capacity of what is not limited": [
    { limits: [{ principal: "a", capacity: 1 }] },
    "limits[0].capacity",
  ],
  "a negative default": [{ aggregate_default_qps: -1 }, "aggregate_default_qps"],
};

describe("rate limits in Mesos' form (MES-21)", () => {
  for (const [name, [given, path]] of Object.entries(refusals)) {
    it(`refuses ${name}, with its place`, () => {
      expect(parseRateLimits(given)).to.include({ ok: false, path });
    });
  }

  it("limits those that are listed by themselves and all others together", () => {
    const parsed = parseRateLimits({
      limits: [
        { principal: "marathon", qps: 10.5, capacity: 100 },
        { principal: "trusted" },
        { principal: "slow", qps: 0.5 },
      ],
      aggregate_default_qps: 3,
    });
    if (!parsed.ok) throw new Error(parsed.message);
    const of = (principal: string | undefined): unknown => limitOf(parsed.limits, principal);
    expect(of("marathon")).to.deep.equal({
      bucket: "principal marathon",
      rate: { qps: 10.5, capacity: 100 },
    });
    expect(of("trusted")).to.equal(undefined);
    expect(of("slow")).to.deep.include({ rate: { qps: 0.5, capacity: 1 } });
    const others = { bucket: "others", rate: { qps: 3, capacity: 3 } };
    expect(of("anybody")).to.deep.equal(others);
    expect(of(undefined)).to.deep.equal(others);
    expect(of("toString")).to.deep.equal(others);
  });
});
