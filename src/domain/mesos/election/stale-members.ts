import type { Member } from "./member.ts";

/** A member with the id of the master that its data names; undefined: the data could not be read. */
export interface KnownMember {
  readonly member: Member;
  readonly masterId: string | undefined;
}

/** What the leader of a cluster, elected elsewhere (by Lease), finds where it publishes itself. */
export interface PublicationSeen {
  readonly members: readonly KnownMember[];
  /** Ids under which masters of this cluster published themselves, this one's among them. */
  readonly published: ReadonlySet<string>;
  readonly masterId: string;
  /** Name of the znode that this master's session holds; undefined: none yet. */
  readonly own: string | undefined;
}

export interface PublicationPlan {
  /** Znodes of masters of this cluster that lead no more, and of earlier sessions of this one. */
  readonly remove: readonly string[];
  /** Whether a znode is to be made. Only when nothing is to be removed: detectors must never see two of one cluster. */
  readonly publish: boolean;
  /** Masters of others that detectors take for the leader instead; for people, who gave both the same path. */
  readonly hiddenBehind: readonly string[];
}

/**
 * Only the leader has a znode. Whoever published before under this cluster's name has lost the Lease, since we hold it: what is
 * left of it is removed first. Znodes that are not this cluster's are never touched.
 */
export function planPublication(seen: PublicationSeen): PublicationPlan {
  const { members, published, masterId, own } = seen;
  const isOurs = ({ masterId: id }: KnownMember): boolean => id !== undefined && published.has(id);
  const remove = members
    .filter((known) => isOurs(known) && known.member.name !== own)
    .map(({ member }) => member.name);
  const isThere = members.some(
    ({ member, masterId: id }) => member.name === own && id === masterId,
  );
  const ownSequence = members.find(({ member }) => member.name === own)?.member.sequence;
  const hiddenBehind = members
    .filter((known) => !isOurs(known) && known.member.name !== own)
    .filter(({ member }) => ownSequence === undefined || member.sequence < ownSequence)
    .map(({ member }) => member.name);
  return { remove, publish: !isThere && remove.length === 0, hiddenBehind };
}
