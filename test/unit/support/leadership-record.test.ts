import { expect } from "chai";
import { HeldTerm } from "../../../src/runtime/leader/held-term.ts";
import { LeadershipRecord } from "../../support/election/leadership-record.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("LeadershipRecord", () => {
  const clock = new VirtualClock();
  const held = (number: number): HeldTerm => {
    const term = new HeldTerm(number, clock, 1_000, () => undefined);
    term.renewed(clock.monotonicMs(), clock.nowMs());
    return term;
  };
  let record: LeadershipRecord;

  beforeEach(() => {
    record = new LeadershipRecord();
  });

  it("finds nothing where each term ends before the next is won", () => {
    const first = held(1);
    const watched = record.won("a", first);
    expect(watched.isCurrent()).to.equal(true);
    first.release();
    expect(record.won("b", held(2)).isCurrent()).to.equal(true);
    expect(watched.isCurrent()).to.equal(false);
    expect(record.overlaps).to.deep.equal([]);
  });

  it("finds a term that is won while another is current", () => {
    record.won("a", held(1));
    record.won("b", held(2));
    expect(record.overlaps).to.deep.equal(["b won while a could still act in its term 1"]);
  });

  it("finds whoever relies on a term that came back after another was won", () => {
    const first = held(1);
    const watched = record.won("a", first);
    first.release();
    record.won("b", held(2));
    first.renewed(clock.monotonicMs(), clock.nowMs());
    expect(watched.isCurrent()).to.equal(true);
    expect(record.overlaps).to.deep.equal(["b had won while a could still act in its term 1"]);
  });
});
