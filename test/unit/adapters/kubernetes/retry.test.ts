import { expect } from "chai";
import { parseRetryAfter, retryDelayMs } from "../../../../src/adapters/kubernetes/retry.ts";
import { formatMicroTime, parseMicroTime } from "../../../../src/adapters/kubernetes/micro-time.ts";

describe("retryDelayMs", () => {
  it("waits as long as a throttling server says, up to 10 s and a quarter of jitter", () => {
    const throttled = (retryAfterMs: number) => ({ kind: "throttled", retryAfterMs }) as const;
    expect(retryDelayMs(throttled(2_000), "refusedOnly", 0, 0)).to.equal(2_000);
    expect(retryDelayMs(throttled(2_000), "refusedOnly", 0, 0.5)).to.equal(2_250);
    expect(retryDelayMs(throttled(60_000), "idempotent", 4, 0)).to.equal(10_000);
    expect(retryDelayMs(throttled(2_000), "idempotent", 5, 0)).to.equal(undefined);
    expect(retryDelayMs(throttled(2_000), "never", 0, 0)).to.equal(undefined);
  });

  it("repeats after a reset only what does no harm twice, three times", () => {
    const reset = { kind: "reset" } as const;
    expect(retryDelayMs(reset, "idempotent", 0, 0)).to.equal(50);
    expect(retryDelayMs(reset, "idempotent", 2, 0)).to.equal(200);
    expect(retryDelayMs(reset, "idempotent", 3, 0)).to.equal(undefined);
    expect(retryDelayMs(reset, "refusedOnly", 0, 0)).to.equal(undefined);
  });
});

describe("parseRetryAfter", () => {
  it("reads seconds and dates, and nothing else", () => {
    const nowMs = Date.UTC(2026, 0, 1);
    expect(parseRetryAfter("3", nowMs)).to.equal(3_000);
    expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:05 GMT", nowMs)).to.equal(5_000);
    expect(parseRetryAfter("Thu, 01 Jan 2025 00:00:05 GMT", nowMs)).to.equal(0);
    expect(parseRetryAfter("soon", nowMs)).to.equal(undefined);
    expect(parseRetryAfter(undefined, nowMs)).to.equal(undefined);
  });
});

describe("MicroTime", () => {
  it("has exactly six digits, and reads back", () => {
    const ms = Date.UTC(2026, 10, 21, 13, 9, 12, 45);
    expect(formatMicroTime(ms)).to.equal("2026-11-21T13:09:12.045000Z");
    expect(parseMicroTime(formatMicroTime(ms))).to.equal(ms);
    expect(parseMicroTime("2026-11-21T13:09:12.045678Z")).to.equal(ms);
    expect(parseMicroTime("never")).to.equal(undefined);
  });
});
