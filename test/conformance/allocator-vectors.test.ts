import { readFileSync } from "node:fs";
import { expect } from "chai";
import { readAllocatorVectors } from "../vectors/allocator/read-allocator-vectors.ts";

const file: unknown = JSON.parse(
  readFileSync(new URL("../vectors/allocator.json", import.meta.url), "utf8"),
);

describe("the allocator holds every vector for every seed", () => {
  for (const { name, run } of readAllocatorVectors(file)) {
    it(name, () => {
      expect(run()).to.equal(undefined);
    });
  }
});
