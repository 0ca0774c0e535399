import { expect } from "chai";
import { EventSeries } from "../../../../src/adapters/kubernetes/event-series.ts";

const MINUTE_MS = 60_000;

describe("EventSeries", () => {
  it("creates the first event and counts equal ones within ten minutes in it", () => {
    const series = new EventSeries();
    expect(series.decide("u", "same", "e1", 0)).to.deep.equal({ kind: "create" });
    for (let count = 2; count <= 10; count += 1) {
      const decision = series.decide("u", "same", `e${count}`, count * 1_000);
      expect(decision).to.deep.equal({ kind: "count", name: "e1", count });
    }
  });

  it("starts a new event after ten quiet minutes", () => {
    const series = new EventSeries();
    series.decide("u", "same", "e1", 0);
    expect(series.decide("u", "same", "e2", 10 * MINUTE_MS + 1)).to.deep.equal({ kind: "create" });
  });

  it("grants an object 25 different events at once and one more every five minutes", () => {
    const series = new EventSeries();
    const created = (from: number, to: number, nowMs: number): number => {
      let count = 0;
      for (let index = from; index < to; index += 1) {
        if (series.decide("u", `event ${index}`, `e${index}`, nowMs).kind === "create") count += 1;
      }
      return count;
    };
    expect(created(0, 100, 0)).to.equal(25);
    expect(created(100, 200, 5 * MINUTE_MS)).to.equal(1);
    expect(created(200, 300, 20 * MINUTE_MS)).to.equal(3);
  });

  it("keeps the budgets of objects apart, and those of 4,096 objects at most", () => {
    const series = new EventSeries();
    for (let index = 0; index < 25; index += 1) series.decide("u0", `${index}`, "e", 0);
    expect(series.decide("u0", "more", "e", 0).kind).to.equal("drop");
    expect(series.decide("u1", "more", "e", 0).kind).to.equal("create");
    for (let index = 2; index < 4_200; index += 1) series.decide(`u${index}`, "x", "e", 0);
    expect(series.decide("u0", "more", "e", 0).kind).to.equal("create");
  });
});
