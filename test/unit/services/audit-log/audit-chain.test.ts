import { expect } from "chai";
import fc from "fast-check";
import type { AuditEntry } from "../../../../src/runtime/ports/audit-log.ts";
import { endOf, verifyChain } from "../../../../src/services/audit-log/audit-chain.ts";
import { ChainedAuditLog } from "../../../../src/services/audit-log/chained-audit-log.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const ENTRY: AuditEntry = {
  principal: "ops",
  groups: ["admins"],
  sourceIp: "10.0.0.9",
  verb: "TEARDOWN",
  resource: "frameworks/f1",
  code: 200,
  outcome: "done",
};

function write(count: number, lines: string[] = []): string[] {
  const last = lines.at(-1);
  const begin = last === undefined ? undefined : endOf(last);
  const log = new ChainedAuditLog({
    process: "master m-0",
    sink: { write: (line) => lines.push(line) },
    clock: new VirtualClock(),
    ...(begin === undefined ? {} : { begin }),
  });
  for (let i = 0; i < count; i += 1) log.write({ ...ENTRY, resource: `frameworks/f${i}` });
  return lines;
}

describe("the audit log (SEC-19)", () => {
  it("writes one line per entry, with the fields of the page in their order", () => {
    const [line = ""] = write(1);
    const record = JSON.parse(line) as Record<string, unknown>;
    expect(Object.keys(record)).to.deep.equal([
      "ts",
      "id",
      "process",
      "principal",
      "groups",
      "sourceIp",
      "verb",
      "resource",
      "code",
      "outcome",
      "prevHash",
      "hash",
    ]);
    expect(record).to.deep.include({ id: 1, principal: "ops", prevHash: "0".repeat(64) });
    expect(record["ts"]).to.equal("2026-01-01T00:00:00.000Z");
  });

  it("goes on with the chain of an earlier run", () => {
    const lines = write(2, write(3));
    expect(verifyChain(lines)).to.deep.include({ ok: true, lines: 5 });
    const [, , third = ""] = lines;
    expect(verifyChain(lines.slice(3), endOf(third))).to.deep.include({ ok: true, lines: 2 });
  });

  it("shows any line that was removed, moved or changed, but for the last ones cut off", () => {
    const lines = write(8);
    const place = fc.nat(lines.length - 1);
    fc.assert(
      fc.property(place, place, (at, to) => {
        const [line = ""] = lines.slice(at);
        const removed = lines.toSpliced(at, 1);
        const isCutOff = at === lines.length - 1;
        expect(verifyChain(removed).ok).to.equal(isCutOff);
        const moved = removed.toSpliced(to, 0, line);
        expect(verifyChain(moved).ok).to.equal(at === to);
        const twice = lines.toSpliced(to, 0, line);
        expect(verifyChain(twice).ok).to.equal(false);
      }),
    );
    for (const [from, to] of [
      ["done", "failed"],
      ['"ops"', '"dev"'],
      ['"code":200', '"code": 200'],
    ] as const) {
      const changed = lines.map((line, i) => (i === 4 ? line.replace(from, to) : line));
      expect(verifyChain(changed), to).to.deep.equal({
        ok: false,
        line: 5,
        message: "was changed",
      });
    }
    expect(verifyChain(["{}"])).to.include({ ok: false, line: 1 });
  });
});
