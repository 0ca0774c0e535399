import { encodeJson } from "../../../api/mesos/json-encode.ts";
import { encodeProtobuf } from "../../../api/mesos/protobuf-encode.ts";
import { SchedulerEvent } from "../../../api/mesos/scheduler-event.ts";
import type { Offer } from "../../../domain/mesos/master-state.ts";
import type { CancelTimer, Clock } from "../../../runtime/ports/clock.ts";
import type { ChunkSink } from "../../../runtime/ports/http-exchange.ts";
import type { OfferEncoder } from "./offer-encoder.ts";
import { wireOffer } from "./wire-offer.ts";
import { frameRecord, type WireRecord } from "./wire-record.ts";

export type StreamFormat = "json" | "protobuf";

export interface FrameworkStreamOptions {
  readonly format: StreamFormat;
  /** Interval told to the framework; beats come after min(this, 5 s) of silence. */
  readonly heartbeatMs: number;
  /** One beat 100 ms after a burst of events, for clients that act on record N only when N+1 begins. */
  readonly hasTrailingBeat: boolean;
  /** New offers stop above 8 MiB of unsent bytes and go on below 4 MiB. */
  readonly onBlocked: (blocked: boolean) => void;
}

const IDLE_MAX_MS = 5000;
const TRAILING_MS = 100;
const BLOCK_BYTES = 8 * 1024 * 1024;
const UNBLOCK_BYTES = 4 * 1024 * 1024;
const CLOSE_BYTES = 16 * 1024 * 1024;
const NO_PROGRESS_MS = 60_000;
const BLOCKED_POLL_MS = 250;

/**
 * The stream of events of one framework: records in order, heartbeats, back-pressure. One record is one write is one
 * chunk. No event is skipped on an open stream; a reader that is too slow is closed.
 */
export class FrameworkStream {
  readonly #sink: ChunkSink;
  readonly #clock: Clock;
  readonly #encoder: OfferEncoder;
  readonly #options: FrameworkStreamOptions;
  readonly #idleMs: number;
  #lastWriteMs: number;
  #lastEventMs = 0;
  #needsTrailing = false;
  #cancelIdle: CancelTimer = () => undefined;
  #cancelTrailing: CancelTimer | undefined;
  #cancelBlocked: CancelTimer | undefined;
  #takenBytes = 0;
  #writtenBytes = 0;
  #progressMs: number;
  #isClosed = false;

  constructor(
    sink: ChunkSink,
    clock: Clock,
    encoder: OfferEncoder,
    options: FrameworkStreamOptions,
  ) {
    this.#sink = sink;
    this.#clock = clock;
    this.#encoder = encoder;
    this.#options = options;
    this.#idleMs = Math.min(options.heartbeatMs, IDLE_MAX_MS);
    this.#lastWriteMs = clock.monotonicMs();
    this.#progressMs = this.#lastWriteMs;
    this.#armIdle(this.#idleMs);
  }

  send(event: SchedulerEvent): void {
    this.#write(
      this.#options.format === "json"
        ? encodeJson(SchedulerEvent, event)
        : encodeProtobuf(SchedulerEvent, event),
    );
    if (event.type === "SUBSCRIBED") this.#beat();
    else this.#eventSent();
  }

  /** One OFFERS event, or several where one would pass 1 MiB. */
  sendOffers(offers: readonly Offer[]): void {
    if (this.#options.format === "protobuf") {
      this.#sendOffersProtobuf(offers);
      return;
    }
    for (const record of this.#encoder.records(offers)) this.#write(record);
    this.#eventSent();
  }

  /** Ends the stream after what was sent. */
  close(): void {
    this.#end();
    this.#sink.close();
  }

  /** The peer is gone: no more timers. */
  closedByPeer(): void {
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    this.#cancelIdle();
    this.#cancelTrailing?.();
    this.#cancelBlocked?.();
  }

  #sendOffersProtobuf(offers: readonly Offer[]): void {
    const wire = offers.map(wireOffer);
    // Offers are far below 4 KiB each; 200 of them stay below the record limit.
    for (let at = 0; at < wire.length; at += 200) {
      const event: SchedulerEvent = {
        type: "OFFERS",
        offers: { offers: wire.slice(at, at + 200) },
      };
      this.#write(encodeProtobuf(SchedulerEvent, event));
    }
    this.#eventSent();
  }

  #write(record: WireRecord): void {
    if (this.#isClosed) return;
    const framed = frameRecord(record);
    this.#lastWriteMs = this.#clock.monotonicMs();
    this.#writtenBytes += framed.length;
    this.#sink.write(framed);
    this.#checkPressure();
  }

  #beat(): void {
    this.#needsTrailing = false;
    this.#write(this.#options.format === "json" ? '{"type":"HEARTBEAT"}' : HEARTBEAT_PROTOBUF);
  }

  #eventSent(): void {
    this.#lastEventMs = this.#clock.monotonicMs();
    if (!this.#options.hasTrailingBeat) return;
    this.#needsTrailing = true;
    this.#cancelTrailing ??= this.#clock.after(TRAILING_MS, () => this.#trailingDue());
  }

  #trailingDue(): void {
    this.#cancelTrailing = undefined;
    if (this.#isClosed || !this.#needsTrailing) return;
    const quietMs = this.#clock.monotonicMs() - this.#lastEventMs;
    if (quietMs >= TRAILING_MS) {
      this.#beat();
      return;
    }
    this.#cancelTrailing = this.#clock.after(TRAILING_MS - quietMs, () => this.#trailingDue());
  }

  #armIdle(delayMs: number): void {
    this.#cancelIdle = this.#clock.after(delayMs, () => this.#idleDue());
  }

  #idleDue(): void {
    if (this.#isClosed) return;
    const idleMs = this.#clock.monotonicMs() - this.#lastWriteMs;
    if (idleMs >= this.#idleMs) {
      this.#beat();
      this.#armIdle(this.#idleMs);
    } else {
      this.#armIdle(this.#idleMs - idleMs);
    }
  }

  #checkPressure(): void {
    const nowMs = this.#clock.monotonicMs();
    const buffered = this.#sink.bufferedBytes();
    const taken = this.#writtenBytes - buffered;
    if (taken > this.#takenBytes || buffered === 0) {
      this.#takenBytes = taken;
      this.#progressMs = nowMs;
    }
    if (buffered > CLOSE_BYTES || nowMs - this.#progressMs > NO_PROGRESS_MS) {
      this.#end();
      this.#sink.close("abort");
      return;
    }
    if (buffered > BLOCK_BYTES && this.#cancelBlocked === undefined) {
      this.#options.onBlocked(true);
      this.#pollBlocked();
    }
  }

  #pollBlocked(): void {
    this.#cancelBlocked = this.#clock.after(BLOCKED_POLL_MS, () => {
      this.#cancelBlocked = undefined;
      if (this.#isClosed) return;
      if (this.#sink.bufferedBytes() > UNBLOCK_BYTES) {
        this.#pollBlocked();
        return;
      }
      this.#options.onBlocked(false);
    });
  }
}

const HEARTBEAT_PROTOBUF = encodeProtobuf(SchedulerEvent, { type: "HEARTBEAT" });
