import { expect } from "chai";
import type { MasterEvent } from "../../../../src/api/mesos/operator-event.ts";
import type { ChunkSink } from "../../../../src/runtime/ports/http-exchange.ts";
import { OperatorStreams } from "../../../../src/services/offer-engine/serve/operator-streams.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

class RecordingSink implements ChunkSink {
  readonly chunks: string[] = [];
  closed: "no" | "ended" | "aborted" = "no";
  unread = 0;

  write(chunk: string | Uint8Array): void {
    this.chunks.push(String(chunk));
  }
  bufferedBytes(): number {
    return this.unread;
  }
  close(how?: "abort"): void {
    this.closed = how === "abort" ? "aborted" : "ended";
  }
  /** Types of the events in it. */
  types(): unknown[] {
    return this.chunks.map(
      (chunk) => (JSON.parse(chunk.slice(chunk.indexOf("\n"))) as MasterEvent).type,
    );
  }
}

const FIRST: MasterEvent = { type: "SUBSCRIBED", subscribed: { get_state: {} } };
const GONE: MasterEvent = { type: "AGENT_REMOVED", agent_removed: { agent_id: { value: "a" } } };
const all = (event: MasterEvent): MasterEvent => event;

describe("OperatorStreams", () => {
  let clock: VirtualClock;
  let watched: boolean[];
  let streams: OperatorStreams;
  beforeEach(() => {
    clock = new VirtualClock();
    watched = [];
    streams = new OperatorStreams(clock, (isWatched) => watched.push(isWatched));
  });
  const open = (shown: (event: MasterEvent) => MasterEvent | undefined = all) => {
    const sink = new RecordingSink();
    const { onClosed } = streams.open({ sink, format: "json", shown }, FIRST);
    return { sink, onClosed };
  };

  it("closes the oldest of 1,000 when one more comes", () => {
    const [oldest, second] = [open(), open()];
    for (let count = 2; count < 1000; count += 1) open();
    expect(oldest.sink.closed).to.equal("no");
    const newest = open();
    expect([oldest, second, newest].map(({ sink }) => sink.closed)).to.deep.equal([
      "ended",
      "no",
      "no",
    ]);
    expect(streams.size).to.equal(1000);
  });

  it("lets a reader take its time over a large beginning, and closes it for what comes after", () => {
    const MIB = 1024 * 1024;
    const sink = new RecordingSink();
    sink.unread = 40 * MIB;
    streams.open({ sink, format: "json", shown: all }, FIRST);
    streams.send(GONE);
    sink.unread = 30 * MIB;
    streams.send(GONE);
    expect(sink.closed).to.equal("no");
    sink.write = (): void => void (sink.unread += 17 * MIB);
    streams.send(GONE);
    expect(sink.closed).to.equal("aborted");
  });

  it("beats every 15 s while somebody listens, and keeps no timer after", async () => {
    const { sink, onClosed } = open();
    await clock.advance(31_000);
    expect(sink.types()).to.deep.equal(["SUBSCRIBED", "HEARTBEAT", "HEARTBEAT", "HEARTBEAT"]);
    onClosed();
    await clock.advance(31_000);
    expect(sink.chunks).to.have.length(4);
  });

  it("says when the first comes and when the last is gone", () => {
    const [one, other] = [open(), open()];
    one.onClosed();
    one.onClosed();
    expect(watched).to.deep.equal([true]);
    other.onClosed();
    expect(watched).to.deep.equal([true, false]);
  });

  it("shows everybody what they may see", () => {
    const everything = open();
    const nothing = open(() => undefined);
    streams.send(GONE);
    expect(everything.sink.types()).to.deep.equal(["SUBSCRIBED", "HEARTBEAT", "AGENT_REMOVED"]);
    expect(nothing.sink.types()).to.deep.equal(["SUBSCRIBED", "HEARTBEAT"]);
    expect(nothing.sink.chunks[0]).to.not.contain("get_state");
  });

  it("cuts a reader that leaves more than 16 MiB unread, and no other", () => {
    const [slow, quick] = [open(), open()];
    slow.sink.unread = 16 * 1024 * 1024 + 1;
    streams.send(GONE);
    streams.send(GONE);
    expect(slow.sink.closed).to.equal("aborted");
    expect(quick.sink.types().slice(2)).to.deep.equal(["AGENT_REMOVED", "AGENT_REMOVED"]);
    expect(streams.size).to.equal(1);
  });
});
