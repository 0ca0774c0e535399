import { expect } from "chai";
import * as fc from "fast-check";
import { Fifo } from "../../../../src/runtime/queue/fifo.ts";

describe("Fifo", () => {
  it("gives what was added in order, undefined when nothing waits, whatever the mix of both", () => {
    const steps = fc.array(fc.oneof(fc.constant("take" as const), fc.nat(2000)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (plays) => {
        const fifo = new Fifo<number>();
        const reference: number[] = [];
        let next = 0;
        for (const play of plays) {
          const taken = play === "take" ? Math.ceil(reference.length / 2) + 1 : 0;
          for (let i = 0; i < taken; i += 1) expect(fifo.take()).to.equal(reference.shift());
          for (let i = 0; i < (play === "take" ? 0 : play); i += 1) {
            fifo.add(next);
            reference.push(next);
            next += 1;
          }
          expect(fifo.size).to.equal(reference.length);
        }
      }),
    );
  });
});
