import type { MesosClusterSpec } from "../../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import { joinPaths, parseZkUrl, type ParsedZkUrl } from "../../mesos/election/zk-url.ts";

type Asked = Pick<MesosClusterSpec, "zookeeper" | "masters">;

/**
 * Where the spec has masters elected or published: `zookeeper.external.connect` with its chroot, and `masters.zookeeperPath`
 * below it. Undefined when the spec names no ensemble.
 */
export function zooKeeperTarget({ zookeeper, masters }: Asked): ParsedZkUrl | undefined {
  const connect = zookeeper?.external?.connect;
  if (connect === undefined) return undefined;
  const slash = connect.indexOf("/", connect.startsWith("zk://") ? "zk://".length : 0);
  const chroot = slash === -1 ? "" : connect.slice(slash);
  const servers = slash === -1 ? connect : connect.slice(0, slash);
  return parseZkUrl(`${servers}${joinPaths(chroot, masters.zookeeperPath)}`);
}

/** Whether the leader of another election is to be shown there: so by default. */
export function isPublished({ zookeeper, masters }: Asked): boolean {
  return masters.publishMasterInfo ?? zookeeper !== undefined;
}
