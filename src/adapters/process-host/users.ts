import { readFileSync } from "node:fs";

export interface MachineUser {
  readonly uid: number;
  readonly gid: number;
}

/** uid and gid of a name or number, from /etc/passwd. */
export function findUser(user: string): MachineUser | "unknown" {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name === user || uid === user) return { uid: Number(uid), gid: Number(gid) };
  }
  return "unknown";
}
