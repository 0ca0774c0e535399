import { expect } from "chai";
import fc from "fast-check";
import {
  encodeAsciiRecord,
  RecordDecoder,
  RecordFramingError,
} from "../../../src/api/record-io/record-io.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (record: Uint8Array): string => new TextDecoder().decode(record);

describe("RecordDecoder", () => {
  it("gives back the records however the stream is cut (MES-01)", () => {
    const record = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme-ascii" });
    fc.assert(
      fc.property(fc.array(record), fc.array(fc.nat(60)), (records, cuts) => {
        const stream = bytes(records.map(encodeAsciiRecord).join(""));
        const decoder = new RecordDecoder(1024);
        const seen: string[] = [];
        const edges = [...new Set([0, ...cuts, stream.length])]
          .filter((edge) => edge <= stream.length)
          .sort((a, b) => a - b);
        for (let i = 1; i < edges.length; i++) {
          seen.push(...decoder.push(stream.subarray(edges[i - 1], edges[i])).map(text));
        }
        expect(seen).to.deep.equal(records);
      }),
    );
  });

  const refused: Record<string, string> = {
    "a length that is no number": "x1\n{}",
    "a record of length zero": "0\n",
    "a record above the limit": "17\n",
    "a length that never ends": "11111111111",
  };
  for (const [name, stream] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      expect(() => new RecordDecoder(16).push(bytes(stream))).to.throw(RecordFramingError);
    });
  }
});
