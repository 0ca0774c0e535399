import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { Volume } from "../../../api/marathon/container.ts";
import { constraintError } from "./constraint-rules.ts";
import type { Violation } from "./violation.ts";

type Persistent = NonNullable<Volume["persistent"]>;

function persistentErrors({ type, size, maxSize, constraints }: Persistent): string[] {
  const errors: string[] = [];
  if (maxSize !== undefined && type !== "mount") errors.push("Only mount volumes can have maxSize");
  if (maxSize !== undefined && type === "mount" && maxSize <= size) {
    errors.push("Max size must be larger than size");
  }
  if (type === "root" && constraints.length > 0) {
    errors.push("Constraints on root volumes are not supported");
  }
  return errors;
}

function constraintViolations(path: string, { type, constraints }: Persistent): Violation[] {
  if (type === "root") return [];
  return constraints.flatMap((tuple, i) => {
    const error = constraintError(tuple);
    return error === undefined ? [] : [{ path: `${path}/constraints(${i})`, error }];
  });
}

function persistentRules(path: string, volume: Volume): Violation[] {
  if (!volume.persistent) return [];
  const found: Violation[] = [];
  if (volume.containerPath.includes("/")) {
    found.push({ path: `${path}/containerPath`, error: 'value must not contain "/"' });
  }
  if (volume.containerPath === "." || volume.containerPath === "..") {
    found.push({ path: `${path}/containerPath`, error: "value must not be '.' or '..'" });
  }
  const below = `${path}/persistent`;
  for (const error of persistentErrors(volume.persistent)) found.push({ path: below, error });
  return [...found, ...constraintViolations(below, volume.persistent)];
}

/** Volumes: host paths, persistent ones, external ones and secrets. */
export function volumeRules(app: AppDefinition): Violation[] {
  const volumes = app.container?.volumes ?? [];
  const found = volumes.flatMap((volume, i) => {
    const path = `/container/volumes(${i})`;
    const unknownSecret = volume.secret !== undefined && !app.secrets[volume.secret];
    const error = "volume.secret must refer to an existing secret";
    return [...(unknownSecret ? [{ path, error }] : []), ...persistentRules(path, volume)];
  });
  const names = volumes.map((volume) => volume.name).filter((name) => name !== undefined);
  if (new Set(names).size !== names.length) {
    found.push({ path: "/container/volumes", error: "Volume names must be unique" });
  }
  return found;
}
