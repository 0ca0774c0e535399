/** How the data of a member's znode is written: JSON since Mesos 0.24, a protobuf message before. */
export type MemberFormat = "json" | "protobuf";

/** A master in the election: one ephemeral sequential child of the election's path. */
export interface Member {
  /** Name of the znode, below the path. */
  readonly name: string;
  readonly format: MemberFormat;
  /** What ZooKeeper appended: signed 32 bits, it wraps. */
  readonly sequence: number;
}

/** Name that a member of ours asks for; ZooKeeper appends the sequence number. */
export const MEMBER_PREFIX = "json.info_";

const NAME = /^(?<label>json\.info|info)_(?<sequence>\d{10}|-\d{9,10})$/;

/**
 * The member that a child of the path is. Not one: the replicated log's `log_replicas`, label-less nodes (`0000000003`, as
 * Mesos made before 0.19), and whatever else lies there.
 * @see mesos@1.11 src/master/detector/zookeeper.cpp, src/zookeeper/group.cpp
 */
export function parseMember(name: string): Member | undefined {
  const { label, sequence } = NAME.exec(name)?.groups ?? {};
  if (label === undefined) return undefined;
  return {
    name,
    format: label === "json.info" ? "json" : "protobuf",
    sequence: Number(sequence),
  };
}

/** Who leads among the children of the path: the lowest number. Undefined when there is no member. */
export function leadingMember(children: readonly string[]): Member | undefined {
  return membersOf(children)[0];
}

/** The members among the children, the leading one first. Of two with one number, which Mesos cannot tell apart, JSON first. */
export function membersOf(children: readonly string[]): readonly Member[] {
  return children
    .map(parseMember)
    .filter((member) => member !== undefined)
    .sort(
      (left, right) =>
        left.sequence - right.sequence || (left.format === right.format ? 0 : jsonFirst(left)),
    );
}

const jsonFirst = ({ format }: Member): number => (format === "json" ? -1 : 1);
