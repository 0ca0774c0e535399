import { expect } from "chai";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { asId } from "../../../src/api/ids/ids.ts";
import type { RecordVersion, Registry } from "../../../src/services/offer-engine/ports.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

async function conflict(change: Promise<unknown>): Promise<void> {
  const error: unknown = await change.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isOperatingError(error, "REGISTRY_CONFLICT"), String(error)).to.equal(true);
}

/** What every {@link Registry} must do, whatever keeps the records. `open` gives one without records. */
export function describeRegistry(name: string, open: () => Promise<Registry>): void {
  describe(`${name} as Registry`, () => {
    let registry: Registry;
    beforeEach(async () => {
      registry = await open();
    });

    it("gives back what was put, byte by byte", async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const version = await registry.put("agent", "S1", bytes);
      expect(await registry.get("agent", "S1")).to.deep.equal({
        kind: "agent",
        key: "S1",
        bytes,
        version,
      });
    });

    it("knows nothing of what was never put", async () => {
      expect(await registry.get("agent", "S1")).to.equal(undefined);
      expect(await registry.list("agent")).to.deep.equal([]);
    });

    it("keeps keys of any spelling apart, also in length and case", async () => {
      const keys = ["a/b", "a.b", "A/B", "a b", "ü", "x".repeat(300)];
      for (const key of keys) await registry.put("framework", key, bytesOf(key));
      for (const key of keys) {
        expect(textOf((await registry.get("framework", key))?.bytes)).to.equal(key);
      }
      expect((await registry.list("framework")).map((record) => record.key)).to.have.members(keys);
    });

    it("keeps kinds apart", async () => {
      await registry.put("agent", "x", bytesOf("agent"));
      await registry.put("gone", "x", bytesOf("gone"));
      expect(textOf((await registry.get("agent", "x"))?.bytes)).to.equal("agent");
      expect((await registry.list("gone")).map(({ bytes }) => textOf(bytes))).to.deep.equal([
        "gone",
      ]);
    });

    it("replaces whatever is there when nothing is expected", async () => {
      const first = await registry.put("term", "term", bytesOf("1"));
      const second = await registry.put("term", "term", bytesOf("2"));
      expect(second).not.to.equal(first);
      expect(textOf((await registry.get("term", "term"))?.bytes)).to.equal("2");
    });

    it("creates only when absent is expected and holds", async () => {
      await registry.put("term", "term", bytesOf("1"), "absent");
      await conflict(registry.put("term", "term", bytesOf("2"), "absent"));
      expect(textOf((await registry.get("term", "term"))?.bytes)).to.equal("1");
    });

    it("replaces only the version that is expected", async () => {
      const first = await registry.put("term", "term", bytesOf("1"), "absent");
      const second = await registry.put("term", "term", bytesOf("2"), first);
      await conflict(registry.put("term", "term", bytesOf("3"), first));
      expect(textOf((await registry.get("term", "term"))?.bytes)).to.equal("2");
      await registry.put("term", "term", bytesOf("3"), second);
    });

    it("refuses to replace a version of what is gone", async () => {
      const first = await registry.put("term", "term", bytesOf("1"));
      await registry.delete("term", "term");
      await conflict(registry.put("term", "term", bytesOf("2"), first));
    });

    it("lets exactly one of two writers win that expect the same", async () => {
      const first = await registry.put("term", "term", bytesOf("0"));
      const results = await Promise.allSettled([
        registry.put("term", "term", bytesOf("a"), first),
        registry.put("term", "term", bytesOf("b"), first),
      ]);
      expect(results.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    });

    it("deletes what is there, and what is not without complaint", async () => {
      await registry.put("gone", "S1", bytesOf("x"));
      await registry.delete("gone", "S1");
      await registry.delete("gone", "S1");
      expect(await registry.get("gone", "S1")).to.equal(undefined);
    });

    it("deletes only the version that is expected", async () => {
      const first = await registry.put("gone", "S1", bytesOf("x"));
      await registry.put("gone", "S1", bytesOf("y"), first);
      await conflict(registry.delete("gone", "S1", first));
      await conflict(registry.delete("gone", "S1", asId<RecordVersion>("1")));
      expect(textOf((await registry.get("gone", "S1"))?.bytes)).to.equal("y");
    });
  });
}
