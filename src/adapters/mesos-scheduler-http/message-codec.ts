import { type Decoded, decodeJson } from "../../api/mesos/json-decode.ts";
import { encodeJson } from "../../api/mesos/json-encode.ts";
import { decodeProtobuf } from "../../api/mesos/protobuf-decode.ts";
import { encodeProtobuf } from "../../api/mesos/protobuf-encode.ts";
import { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import { SchedulerEvent } from "../../api/mesos/scheduler-event.ts";

/** How calls and events are written: the two encodings of the Mesos v1 API. */
export interface MessageCodec {
  readonly contentType: string;
  encodeCall(call: SchedulerCall): string | Uint8Array;
  decodeEvent(record: Uint8Array): Decoded<SchedulerEvent>;
}

export type ContentType = "json" | "protobuf";

export const CODECS: Readonly<Record<ContentType, MessageCodec>> = {
  json: {
    contentType: "application/json",
    encodeCall: (call) => encodeJson(SchedulerCall, call),
    decodeEvent: (record) =>
      decodeJson(SchedulerEvent, JSON.parse(new TextDecoder().decode(record))),
  },
  protobuf: {
    contentType: "application/x-protobuf",
    encodeCall: (call) => encodeProtobuf(SchedulerCall, call),
    decodeEvent: (record) => decodeProtobuf(SchedulerEvent, record),
  },
};
