/** Where an election or a publication is: servers, absolute path, and who asks. */
export interface ZkUrl {
  /** `host:port`, in the order given; at least one. */
  readonly servers: readonly string[];
  /** Absolute, without a slash at its end; never "/" alone. */
  readonly path: string;
  /** Digest credentials `user:password`; undefined: none. A secret: never to be shown. */
  readonly credentials?: string;
}

export type ParsedZkUrl =
  | { readonly ok: true; readonly value: ZkUrl }
  /** `reason` completes "cannot be read: …" and never repeats credentials. */
  | { readonly ok: false; readonly reason: string };

const SCHEME = "zk://";
const DEFAULT_PORT = 2181;
const SERVER = /^(?<host>[A-Za-z0-9._-]+)(?::(?<port>\d{1,5}))?$/;

const refuse = (reason: string): ParsedZkUrl => ({ ok: false, reason });

/**
 * `zk://[user:password@]host[:port],…/path` as Mesos' flags have it; the scheme may be left out. The path is needed: nobody
 * elects in the root.
 * @see mesos@1.11 src/zookeeper/url.hpp (there, the authority also ends at the last `@`)
 */
export function parseZkUrl(text: string): ParsedZkUrl {
  const rest = text.startsWith(SCHEME) ? text.slice(SCHEME.length) : text;
  const slash = rest.indexOf("/", rest.lastIndexOf("@") + 1);
  if (slash === -1) return refuse("there is no path: give zk://host:port,…/path");
  const authority = rest.slice(0, slash);
  const path = withoutSlashes(rest.slice(slash));
  if (path === "/") return refuse("the path is the root: give zk://host:port,…/path");
  const fault = pathFault(path);
  if (fault !== undefined) return refuse(fault);
  const at = authority.lastIndexOf("@");
  const credentials = at === -1 ? undefined : authority.slice(0, at);
  if (credentials !== undefined && !/^[^:]+:.+$/s.test(credentials)) {
    return refuse("credentials are given as user:password@");
  }
  const servers = authority
    .slice(at + 1)
    .split(",")
    .map(readServer);
  if (!servers.every((server) => server !== undefined)) {
    return refuse("a server is no host:port");
  }
  return {
    ok: true,
    value: { servers, path, ...(credentials === undefined ? {} : { credentials }) },
  };
}

/** The address without its credentials, as it may be logged and shown. */
export function showZkUrl({ servers, path }: ZkUrl): string {
  return `${SCHEME}${servers.join(",")}${path}`;
}

/** The path below another one: `/chroot` and `/mesos` give `/chroot/mesos`. */
export function joinPaths(parent: string, child: string): string {
  return withoutSlashes(`${parent}/${child}`);
}

function withoutSlashes(path: string): string {
  const names = path.split("/").filter((name) => name !== "");
  return `/${names.join("/")}`;
}

/** @see ZooKeeper's PathUtils.validatePath */
function pathFault(path: string): string | undefined {
  if (path.split("/").some((name) => name === "." || name === "..")) {
    return "the path has a relative part";
  }
  // eslint-disable-next-line no-control-regex -- these characters are what ZooKeeper refuses
  return /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/.test(path)
    ? "the path has a character that ZooKeeper refuses"
    : undefined;
}

function readServer(text: string): string | undefined {
  const { host, port } = SERVER.exec(text)?.groups ?? {};
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? undefined : `${host}:${number}`;
}
