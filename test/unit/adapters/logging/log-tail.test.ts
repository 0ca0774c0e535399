import { expect } from "chai";
import fc from "fast-check";
import { LogTail } from "../../../../src/adapters/logging/log-tail.ts";

const KEPT = 1024 * 1024;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("LogTail", () => {
  it("gives back what was appended, from any offset", () => {
    const tail = new LogTail();
    tail.append("one\n");
    tail.append("two\n");
    expect(text(tail.read(0, 100))).to.equal("one\ntwo\n");
    expect(text(tail.read(4, 3))).to.equal("two");
    expect(text(tail.read(8, 3))).to.equal("");
    expect([tail.size, tail.keptFrom]).to.deep.equal([8, 0]);
  });

  it("counts bytes, not letters", () => {
    const tail = new LogTail();
    tail.append("ö\n");
    expect(tail.size).to.equal(3);
  });

  it("keeps the last MiB, like a file whose beginning is gone", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: KEPT + 10 }), { maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.nat(3 * KEPT), fc.nat(1000), (lengths, offset, length) => {
        const tail = new LogTail();
        let whole = "";
        for (const [index, size] of lengths.entries()) {
          const part = String(index).repeat(size);
          tail.append(part);
          whole += part;
        }
        const keptFrom = Math.max(0, whole.length - KEPT);
        expect([tail.size, tail.keptFrom]).to.deep.equal([whole.length, keptFrom]);
        const want = whole.slice(Math.max(offset, keptFrom), Math.max(offset + length, keptFrom));
        expect(text(tail.read(offset, length)) === want).to.equal(true);
      }),
      { numRuns: 50 },
    );
  });
});
