import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { OperatingError } from "../api/errors/operating-error.ts";
import type { Given } from "./options.ts";

/** Options of a YAML file; none without a file or in an empty one. @throws {OperatingError} CONFIG_INVALID */
export function readConfigFile(path: string | undefined): Given {
  if (path === undefined) return {};
  const content = read(path);
  if (typeof content !== "object" || Array.isArray(content)) {
    throw new OperatingError("CONFIG_INVALID", `--config: ${path} is no mapping of options`);
  }
  return { ...content };
}

function read(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new OperatingError("CONFIG_INVALID", `--config: ${path} cannot be read`, { cause });
  }
}
