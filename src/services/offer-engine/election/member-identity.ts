import { addressOf, decodeMasterInfo } from "../../../domain/mesos/election/master-info-data.ts";
import type { Member } from "../../../domain/mesos/election/member.ts";
import { electionIdentity } from "../serve/master-info.ts";

/** Identity of the master that a member's data names, as a Lease would hold it; "" when the data cannot be read. */
export function identityOfMember(member: Member, data: Uint8Array): string {
  const info = decodeMasterInfo(member.format, data);
  return info === undefined ? "" : electionIdentity(addressOf(info), info.id);
}
