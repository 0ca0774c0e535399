import { gunzipSync, gzipSync } from "node:zlib";
import type { VersionCodec } from "../../reconcilers/marathon-app/ports.ts";

/** JSON, gzip, base64: what keeps 50 versions of an app below the size of a ConfigMap. */
export const gzipCodec: VersionCodec = {
  pack: (value) => gzipSync(JSON.stringify(value)).toString("base64"),
  unpack: (packed): unknown =>
    JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")),
};
