import { getEventListeners } from "node:events";
import { expect } from "chai";
import { linkSignals } from "../../../src/runtime/link-signals.ts";

describe("linkSignals", () => {
  it("aborts with the first parent that aborts, for its reason", () => {
    const a = new AbortController();
    const b = new AbortController();
    const { signal } = linkSignals(a.signal, b.signal);
    const reason = new Error("b");
    b.abort(reason);
    a.abort(new Error("a"));
    expect(signal.reason).to.equal(reason);
  });

  it("is aborted from the start when a parent is", () => {
    const reason = new Error("before");
    const { signal } = linkSignals(new AbortController().signal, AbortSignal.abort(reason));
    expect(signal.reason).to.equal(reason);
  });

  it("leaves nothing behind in its parents, whether it aborted or was unlinked", () => {
    const parent = new AbortController();
    const other = new AbortController();
    for (let index = 0; index < 100; index += 1) linkSignals(parent.signal, other.signal).unlink();
    linkSignals(parent.signal, other.signal);
    other.abort();
    expect(getEventListeners(parent.signal, "abort")).to.have.length(0);
  });
});
