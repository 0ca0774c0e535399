import { expect } from "chai";
import fc from "fast-check";
import { isOperatingError } from "../../../../src/api/errors/operating-error.ts";
import type { RegistryKind } from "../../../../src/services/offer-engine/ports.ts";
import {
  BACKUP_KINDS,
  formatBackup,
  parseBackup,
} from "../../../../src/services/offer-engine/state/backup-format.ts";
import {
  restoreBackup,
  takeBackup,
} from "../../../../src/services/offer-engine/state/state-copy.ts";
import { MemoryRegistry } from "../../../support/mesos/memory-registry.ts";

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const term = (number: number): Uint8Array => bytesOf({ term: number, master_id: "m" });

async function registryWith(
  ...records: readonly (readonly [RegistryKind, string, Uint8Array])[]
): Promise<MemoryRegistry> {
  const registry = new MemoryRegistry();
  for (const [kind, key, bytes] of records) await registry.put(kind, key, bytes);
  return registry;
}
const linesOf = async (registry: MemoryRegistry): Promise<string[]> =>
  formatBackup(await takeBackup(registry, "x", 0))
    .split("\n")
    .slice(1, -2);

function isCorrupt(text: string): boolean {
  try {
    parseBackup(text);
    return false;
  } catch (error) {
    return isOperatingError(error, "REGISTRY_CORRUPT");
  }
}

describe("the backup of a registry (HA-07)", () => {
  it("reads back what was written, any records", () => {
    const record = fc.record({
      kind: fc.constantFrom(...BACKUP_KINDS),
      key: fc.string({ minLength: 1 }),
      bytes: fc.uint8Array(),
    });
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const backup = { source: "ns/mesos", takenAt: "2026-01-01T00:00:00.000Z", records };
        const read = parseBackup(formatBackup(backup));
        expect(read.records.map(({ bytes }) => [...bytes])).to.deep.equal(
          records.map(({ bytes }) => [...bytes]),
        );
        expect(read.records.map(({ kind, key }) => [kind, key])).to.deep.equal(
          records.map(({ kind, key }) => [kind, key]),
        );
      }),
    );
  });

  it("is refused when a byte changed or a line is missing", async () => {
    const registry = await registryWith(
      ["agent", "S1", bytesOf("one")],
      ["gone", "S2", bytesOf(2)],
    );
    const text = formatBackup(await takeBackup(registry, "ns/mesos", 0));
    expect(isCorrupt(text)).to.equal(false);
    const lines = text.split("\n");
    expect(isCorrupt(lines.toSpliced(1, 1).join("\n")), "a record less").to.equal(true);
    expect(isCorrupt(text.replace("S1", "S9")), "another key").to.equal(true);
    expect(isCorrupt(lines.slice(0, -2).join("\n")), "cut short").to.equal(true);
    expect(isCorrupt("")).to.equal(true);
  });

  it("fills an empty registry with the same records", async () => {
    const source = await registryWith(
      ["term", "term", term(7)],
      ["agent", "S1", bytesOf("a")],
      ["framework", "F1", bytesOf("f")],
    );
    const target = new MemoryRegistry();
    const backup = await takeBackup(source, "ns/mesos", 0);
    const done = await restoreBackup(target, backup, { replace: false });
    expect(done).to.deep.equal({ written: 3, removed: 0 });
    expect(await linesOf(target)).to.deep.equal(await linesOf(source));
  });

  it("leaves a registry alone that holds anything, unless it is to be replaced", async () => {
    const backup = await takeBackup(await registryWith(["agent", "S1", bytesOf("a")]), "x", 0);
    const target = await registryWith(["agent", "S9", bytesOf("z")]);
    const before = await linesOf(target);
    const refused: unknown = await restoreBackup(target, backup, { replace: false }).catch(
      (error: unknown) => error,
    );
    expect(isOperatingError(refused, "REGISTRY_CONFLICT")).to.equal(true);
    expect(await linesOf(target)).to.deep.equal(before);
    expect(await restoreBackup(target, backup, { replace: true })).to.deep.equal({
      written: 1,
      removed: 1,
    });
    expect(await target.get("agent", "S9")).to.equal(undefined);
  });

  for (const [present, saved] of [
    [9, 7],
    [7, 9],
  ] as const) {
    it(`never goes back to an older term: ${present} there, ${saved} in the backup`, async () => {
      const backup = await takeBackup(await registryWith(["term", "term", term(saved)]), "x", 0);
      const target = await registryWith(["term", "term", term(present)]);
      await restoreBackup(target, backup, { replace: true });
      const kept = await target.get("term", "term");
      expect(kept?.bytes).to.deep.equal(term(9));
    });
  }
});
