import { Writable } from "node:stream";
import { expect } from "chai";
import { createLogger, type LogLevel } from "../../../../src/adapters/logging/winston-logger.ts";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import type { Logger } from "../../../../src/runtime/ports/logger.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

describe("createLogger", () => {
  let text: string;
  const logger = (level: LogLevel = "info"): Logger => {
    text = "";
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        text += String(chunk);
        done();
      },
    });
    const clock = new VirtualClock();
    return createLogger({ process: "operator", version: "1.2.3", level, clock, stream });
  };
  const lines = (): readonly Record<string, unknown>[] =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it("writes one JSON object per line, with snake_case fields", () => {
    logger().info("An offer was made.", { offerId: "o1", requeueAfterMs: 5 });
    expect(lines()).to.deep.equal([
      {
        timestamp: "2026-01-01T00:00:00.000Z",
        level: "info",
        message: "An offer was made.",
        process: "operator",
        version: "1.2.3",
        offer_id: "o1",
        requeue_after_ms: 5,
      },
    ]);
  });

  it("carries the fields of its ancestors, the nearest winning", () => {
    const child = logger().child({ controller: "c", name: "a" }).child({ name: "b" });
    child.info("Said.", { attempt: 1 });
    expect(lines()[0]).to.include({ controller: "c", name: "b", attempt: 1 });
  });

  it("spreads an operating error over code, retry, hint and message, without a stack", () => {
    const cause = new Error("connect ECONNREFUSED");
    const error = new OperatingError("KUBE_UNAVAILABLE", "GET /api failed", { cause });
    logger().error("A call failed.", { error });
    const [line] = lines();
    expect(line).to.include({
      err_code: "KUBE_UNAVAILABLE",
      err_retry: "transient",
      err_message: "GET /api failed: connect ECONNREFUSED",
    });
    expect(line).to.have.property("err_hint").that.is.a("string");
    expect(line).not.to.have.property("err_stack");
  });

  it("keeps the stack of a defect", () => {
    logger().error("A defect.", { error: new TypeError("x is undefined") });
    expect(lines()[0]).to.include({ err_message: "x is undefined" });
    expect(lines()[0]!["err_stack"]).to.contain("winston-logger.test.ts");
  });

  it("leaves out lines below its level, and fields without a value", () => {
    const quiet = logger("warn");
    quiet.info("Not shown.");
    quiet.warn("Shown.", { name: "a", ...{ namespace: undefined } } as { name: string });
    expect(lines()).to.have.length(1);
    expect(lines()[0]).not.to.have.property("namespace");
  });
});
