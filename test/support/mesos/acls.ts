import type { Acls } from "../../../src/domain/authorization/acls.ts";
import { parseAcls } from "../../../src/domain/authorization/parse-acls.ts";

/** ACLs in the JSON form of Mesos. */
export function aclsOf(raw: unknown): Acls {
  const parsed = parseAcls(raw);
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.acls;
}
