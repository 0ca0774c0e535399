import { decodeJson } from "../../../api/mesos/json-decode.ts";
import { encodeJson } from "../../../api/mesos/json-encode.ts";
import { MasterInfo } from "../../../api/mesos/master-info.ts";
import { decodeProtobuf } from "../../../api/mesos/protobuf-decode.ts";
import { decodeUtf8, encodeUtf8 } from "../../../api/mesos/utf8.ts";
import type { MemberFormat } from "./member.ts";

/**
 * What a member's znode holds: MasterInfo as JSON, numbers as numbers. `ip` has the first octet lowest
 * (10.0.0.1 = 16777226), as readers of the field before `address` expect it.
 * @see mesos@1.11 src/master/contender/zookeeper.cpp
 */
export function encodeMasterInfo(info: MasterInfo): Uint8Array {
  return encodeUtf8(encodeJson(MasterInfo, info));
}

/** The master that a member's data names; undefined for what cannot be read. */
export function decodeMasterInfo(format: MemberFormat, data: Uint8Array): MasterInfo | undefined {
  if (format === "protobuf") {
    const decoded = decodeProtobuf(MasterInfo, data);
    return decoded.ok ? decoded.value : undefined;
  }
  const decoded = decodeJson(MasterInfo, parseJson(data));
  return decoded.ok ? decoded.value : undefined;
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(data));
  } catch {
    return undefined;
  }
}

/** Where clients reach the master. `address` is newer than the fields beside it, and wins. */
export function addressOf(info: MasterInfo): { readonly hostname: string; readonly port: number } {
  const { address } = info;
  if (address !== undefined) {
    const hostname = address.hostname ?? address.ip ?? ipText(info.ip);
    return { hostname, port: address.port };
  }
  return { hostname: info.hostname ?? ipText(info.ip), port: info.port };
}

/** 16777226 → 10.0.0.1. */
function ipText(ip: number): string {
  return [0, 8, 16, 24].map((shift) => (ip >>> shift) & 0xff).join(".");
}
