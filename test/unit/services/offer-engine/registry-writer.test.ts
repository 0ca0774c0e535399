import { expect } from "chai";
import type { RecordWrite } from "../../../../src/services/offer-engine/core/effects.ts";
import type { RecordVersion } from "../../../../src/services/offer-engine/ports.ts";
import { RegistryWriter } from "../../../../src/services/offer-engine/serve/registry-writer.ts";
import { ETERNAL_TERM } from "../../../../src/runtime/leader/eternal-term.ts";
import { isOperatingError, OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";
import { MemoryRegistry } from "../../../support/mesos/memory-registry.ts";

const put = (key: string, value: unknown): RecordWrite => ({
  kind: "put",
  record: "agent",
  key,
  value,
});

/** Remembers the writes, in the order in which they began. */
class SlowRegistry extends MemoryRegistry {
  readonly begun: string[] = [];
  inFlight = 0;
  inFlightMost = 0;

  override async put(...args: Parameters<MemoryRegistry["put"]>): Promise<RecordVersion> {
    this.begun.push(`${args[1]}=${new TextDecoder().decode(args[2])}`);
    this.inFlight += 1;
    this.inFlightMost = Math.max(this.inFlightMost, this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight -= 1;
    return super.put(...args);
  }
}

/** Code of the OperatingError with which it fails; undefined: it does not. */
const codeOf = (done: Promise<void>): Promise<string | undefined> =>
  done.then(
    () => undefined,
    (error: unknown) => (isOperatingError(error) ? error.code : "other"),
  );

describe("RegistryWriter", () => {
  it("writes a record once per round, with its last value, and tells everybody who asked", async () => {
    const registry = new SlowRegistry();
    const writer = new RegistryWriter(registry, ETERNAL_TERM, new VirtualClock(), () => undefined);
    const durable: number[] = [];
    for (const n of [1, 2, 3]) writer.write([put("a", n)], () => durable.push(n));
    await writer.settled();
    expect(registry.begun).to.deep.equal(["a=3"]);
    expect(durable).to.deep.equal([1, 2, 3]);
  });

  it("keeps the order within a batch and goes through a storm in parallel, bounded", async () => {
    const registry = new SlowRegistry();
    const writer = new RegistryWriter(registry, ETERNAL_TERM, new VirtualClock(), () => undefined);
    for (let n = 0; n < 100; n += 1)
      writer.write([put(`x${n}`, 1), put(`y${n}`, 1)], () => undefined);
    await writer.settled();
    expect(registry.begun).to.have.length(200);
    expect(registry.inFlightMost).to.equal(32);
    for (let n = 0; n < 100; n += 1) {
      expect(registry.begun.indexOf(`x${n}=1`)).to.be.lessThan(registry.begun.indexOf(`y${n}=1`));
    }
  });

  it("writes what comes during a round in the next one", async () => {
    const registry = new SlowRegistry();
    const writer = new RegistryWriter(registry, ETERNAL_TERM, new VirtualClock(), () => undefined);
    writer.write([put("a", 1)], () => writer.write([put("a", 2)], () => undefined));
    await writer.settled();
    expect(registry.begun).to.deep.equal(["a=1", "a=2"]);
  });

  it("tries again what failed in passing", async () => {
    const clock = new VirtualClock();
    const registry = new SlowRegistry();
    const original = registry.put.bind(registry);
    let failures = 2;
    registry.put = (...args) =>
      failures-- > 0
        ? Promise.reject(new OperatingError("KUBE_UNAVAILABLE", "away"))
        : original(...args);
    const writer = new RegistryWriter(registry, ETERNAL_TERM, clock, () => undefined);
    let isDurable = false;
    writer.write([put("a", 1)], () => (isDurable = true));
    await clock.advance(1000);
    await writer.settled();
    expect(isDurable).to.equal(true);
  });

  it("stops for good when a write fails, or when its term is over", async () => {
    let isCurrent = true;
    const failures: unknown[] = [];
    const registry = new SlowRegistry();
    const term = { number: 1, isCurrent: () => isCurrent, signal: ETERNAL_TERM.signal };
    const writer = new RegistryWriter(registry, term, new VirtualClock(), (error) =>
      failures.push(error),
    );
    isCurrent = false;
    const durable: string[] = [];
    writer.write([put("a", 1)], () => durable.push("a"));
    const first = await codeOf(writer.settled());
    isCurrent = true;
    writer.write([put("b", 1)], () => durable.push("b"));
    const second = await codeOf(writer.settled());
    expect([registry.begun, durable]).to.deep.equal([[], []]);
    expect(failures[0]).to.have.property("code", "LEADER_TERM_EXPIRED");
    expect([first, second]).to.deep.equal(["LEADER_TERM_EXPIRED", "LEADER_TERM_EXPIRED"]);
  });
});
