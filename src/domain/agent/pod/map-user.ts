import { mapped, type Mapped, refused } from "../refusal.ts";
import type { PodRules } from "./pod-rules.ts";

export interface PodUser {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
}

const NUMERIC = /^(\d+)(?::(\d+))?$/;

/**
 * uid and gid for a user as Mesos names it: a number, `uid:gid`, `root`, or a name of `user_map`. Absent: the image's own.
 * Names cannot be looked up, the image's passwd is not readable from here.
 */
export function mapUser(field: string, user: string | undefined, rules: PodRules): Mapped<PodUser> {
  if (user === undefined || user === "") return mapped({});
  const text = rules.userMap[user] ?? (user === "root" ? "0:0" : user);
  const match = NUMERIC.exec(text);
  if (match === null) {
    return refused(field, `user ${user} is unknown: give a number, or name it in --user_map`);
  }
  const runAsUser = Number(match[1]);
  if (runAsUser === 0 && rules.requireNonRoot) {
    return refused(field, "user root is refused by --require_non_root");
  }
  return mapped({
    runAsUser,
    ...(match[2] === undefined ? {} : { runAsGroup: Number(match[2]) }),
  });
}
