import { gunzipSync, gzipSync } from "node:zlib";

/** JSON, gzip, base64: what keeps 50 versions of an app below the size of a ConfigMap. */
export const gzipCodec = {
  pack(value: unknown): string {
    return gzipSync(JSON.stringify(value)).toString("base64");
  },
  unpack(packed: string): unknown {
    return JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8"));
  },
};
