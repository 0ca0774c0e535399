import { expect } from "chai";
import fc from "fast-check";
import { fullBucket, takeToken } from "../../../../src/domain/rate-limits/token-bucket.ts";

describe("token bucket (MES-21)", () => {
  it("lets a burst through, then one call per interval, and says how long to wait", () => {
    const rate = { qps: 2, capacity: 3 };
    let bucket = fullBucket(rate, 0);
    const outcomes = [0, 0, 0, 0, 100, 500, 600].map((nowMs) => {
      const taken = takeToken(bucket, rate, nowMs);
      ({ bucket } = taken);
      return taken.ok ? "taken" : taken.waitMs;
    });
    expect(outcomes).to.deep.equal(["taken", "taken", "taken", 500, 400, "taken", 400]);
  });

  it("never gives more than its capacity and what time brought, and never less while there is a token", () => {
    const steps = fc.array(fc.nat(3000), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        steps,
        (qps, capacity, waits) => {
          const rate = { qps, capacity };
          let [nowMs, given, bucket] = [0, 0, fullBucket(rate, 0)];
          for (const wait of waits) {
            nowMs += wait;
            const taken = takeToken(bucket, rate, nowMs);
            ({ bucket } = taken);
            if (taken.ok) given += 1;
            else expect(takeToken(bucket, rate, nowMs + taken.waitMs + 1).ok).to.equal(true);
            expect(given).to.be.at.most(capacity + (qps * nowMs) / 1000 + 1e-6);
          }
        },
      ),
    );
  });

  it("takes a clock that goes back for one that stands", () => {
    const rate = { qps: 1, capacity: 1 };
    const taken = takeToken(fullBucket(rate, 1000), rate, 1000);
    expect(takeToken(taken.bucket, rate, 0)).to.include({ ok: false, waitMs: 1000 });
  });
});
