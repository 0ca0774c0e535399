import { readFileSync } from "node:fs";

const manifest = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { readonly version: string };

/** The release of this process, as in package.json (two folders up, both in src/ and in dist/). */
export const VERSION = manifest.version;
