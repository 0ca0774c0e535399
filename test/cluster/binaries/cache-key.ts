import { createHash } from "node:crypto";
import type { BinaryUnit } from "./units.ts";

/** Everything that decides what a build of a unit yields. */
export interface BuildInputs {
  readonly unit: Pick<BinaryUnit, "id" | "ldflags" | "source" | "binaries" | "assets">;
  /** Content of go.mod and go.sum; empty for units that `go install` pins by version alone. */
  readonly moduleFiles: Readonly<Record<string, string>>;
  /** As `go env GOVERSION` prints it. */
  readonly goVersion: string;
  /** As `go env GOOS GOARCH` print them, joined by a slash. */
  readonly platform: string;
}

/** Folder name of a unit in the cache: equal inputs, equal name; any change, another name. */
export function cacheKey(inputs: BuildInputs): string {
  const { unit } = inputs;
  const files = Object.entries(inputs.moduleFiles).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([
      unit.ldflags,
      unit.source,
      unit.binaries,
      unit.assets,
      files,
      inputs.goVersion,
      inputs.platform,
    ]),
  );
  return `${unit.id}-${hash.digest("hex").slice(0, 16)}`;
}
