import { encodeJson } from "../../../api/mesos/json-encode.ts";
import { MasterEvent } from "../../../api/mesos/operator-event.ts";
import { encodeProtobuf } from "../../../api/mesos/protobuf-encode.ts";
import type { CancelTimer, Clock } from "../../../runtime/ports/clock.ts";
import type { ChunkSink } from "../../../runtime/ports/http-exchange.ts";
import type { StreamFormat } from "./framework-stream.ts";
import { frameRecord, type WireRecord } from "./wire-record.ts";

/** Streams at once; when one more comes, the oldest closes. */
const STREAMS_MAX = 1000;
/** A reader that leaves more than this unread is closed: an event must not be skipped. */
const UNREAD_BYTES_MAX = 16 * 1024 * 1024;
/** What streams are told; beats come this often on all of them together. */
export const OPERATOR_HEARTBEAT_MS = 15_000;

interface Watcher {
  readonly sink: ChunkSink;
  readonly format: StreamFormat;
  /** What the reader may see of an event; undefined = nothing. */
  readonly shown: (event: MasterEvent) => MasterEvent | undefined;
}

/** A stream that is open. */
interface Watched extends Watcher {
  /** What is left unread of its beginning: however large the state is, it may be read in peace. */
  beginningBytes: number;
}

/** The operator event streams of one term. An event is encoded once per format for all who may see all of it. */
export class OperatorStreams {
  readonly #clock: Clock;
  readonly #onWatched: (isWatched: boolean) => void;
  /** Oldest first. */
  readonly #watchers = new Set<Watched>();
  #cancelBeat: CancelTimer | undefined;

  /** @param onWatched hears when the first stream opens and when the last one is gone. */
  constructor(clock: Clock, onWatched: (isWatched: boolean) => void) {
    this.#clock = clock;
    this.#onWatched = onWatched;
  }

  get size(): number {
    return this.#watchers.size;
  }

  /** The stream begins with `first`; every event sent from then on follows. The result is called when the peer is gone. */
  open(opened: Watcher, first: MasterEvent): { readonly onClosed: () => void } {
    const watcher: Watched = { ...opened, beginningBytes: 0 };
    for (const oldest of this.#watchers) {
      if (this.#watchers.size < STREAMS_MAX) break;
      this.#remove(oldest);
      oldest.sink.close();
    }
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#onWatched(true);
    const beginning = encode(watcher.format, watcher.shown(first) ?? withoutState(first));
    watcher.sink.write(frameRecord(beginning));
    watcher.beginningBytes = watcher.sink.bufferedBytes();
    this.#write(watcher, encode(watcher.format, HEARTBEAT));
    this.#cancelBeat ??= this.#clock.after(OPERATOR_HEARTBEAT_MS, () => this.#beat());
    return { onClosed: () => this.#remove(watcher) };
  }

  send(event: MasterEvent): void {
    const whole = new Map<StreamFormat, WireRecord>();
    for (const watcher of [...this.#watchers]) {
      const shown = watcher.shown(event);
      if (shown === undefined) continue;
      const { format } = watcher;
      let record = shown === event ? whole.get(format) : undefined;
      if (record === undefined) {
        record = encode(format, shown);
        if (shown === event) whole.set(format, record);
      }
      this.#write(watcher, record);
    }
  }

  close(): void {
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    for (const { sink } of this.#watchers) sink.close();
    this.#watchers.clear();
  }

  #beat(): void {
    this.#cancelBeat = undefined;
    for (const watcher of [...this.#watchers]) {
      this.#write(watcher, encode(watcher.format, HEARTBEAT));
    }
    if (this.#watchers.size === 0) return;
    this.#cancelBeat = this.#clock.after(OPERATOR_HEARTBEAT_MS, () => this.#beat());
  }

  #write(watcher: Watched, record: WireRecord): void {
    watcher.beginningBytes = Math.min(watcher.beginningBytes, watcher.sink.bufferedBytes());
    watcher.sink.write(frameRecord(record));
    const unread = watcher.sink.bufferedBytes() - watcher.beginningBytes;
    if (unread <= UNREAD_BYTES_MAX) return;
    this.#remove(watcher);
    watcher.sink.close("abort");
  }

  #remove(watcher: Watched): void {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return;
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    this.#onWatched(false);
  }
}

/** For somebody who may see nothing at all. */
function withoutState({ type, subscribed }: MasterEvent): MasterEvent {
  const { get_state: _hidden, ...rest } = subscribed ?? {};
  return { ...(type === undefined ? {} : { type }), subscribed: rest };
}

const HEARTBEAT: MasterEvent = { type: "HEARTBEAT" };

function encode(format: StreamFormat, event: MasterEvent): WireRecord {
  return format === "json" ? encodeJson(MasterEvent, event) : encodeProtobuf(MasterEvent, event);
}
