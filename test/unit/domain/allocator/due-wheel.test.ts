import { expect } from "chai";
import { DueWheel } from "../../../../src/domain/allocator/filters/due-wheel.ts";

describe("DueWheel", () => {
  it("deals a row out again that is due within the present millisecond, once it is", () => {
    const wheel = new DueWheel();
    const dueMs = 100.7;
    wheel.put(7, dueMs, 90);
    expect(wheel.take(100.5, () => dueMs)).to.deep.equal([]);
    expect(wheel.nextMs).to.equal(dueMs);
    expect(wheel.take(100.7, () => dueMs)).to.deep.equal([7]);
  });

  it("gives every row when it is due and not before, whatever the fractions", () => {
    for (let step = 0; step < 2_000; step++) {
      const dueMs = 1_000 + step * 0.37;
      const wheel = new DueWheel();
      wheel.put(1, dueMs, 0);
      let nowMs = 0;
      let out: number[] = [];
      for (let looks = 0; out.length === 0; looks++) {
        expect(looks, `due at ${dueMs}`).to.be.below(40);
        nowMs = wheel.nextMs ?? Infinity;
        out = wheel.take(nowMs, () => dueMs);
      }
      expect(out).to.deep.equal([1]);
      expect(nowMs).to.equal(dueMs);
    }
  });
});
