import { ACL, type Callback, CreateMode, Exception, Id, Permission } from "node-zookeeper-client";
import { isOperatingError, OperatingError } from "../../../api/errors/operating-error.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type {
  ElectionSession,
  ElectionStore,
} from "../../../services/offer-engine/election/ports.ts";
import { GuardedClient } from "./guarded-client.ts";

export interface NzcElectionStoreOptions {
  /** `host:port`, at least one. */
  readonly servers: readonly string[];
  /** Absolute, not "/"; made with its parents when missing. */
  readonly path: string;
  /** Digest credentials `user:password`: what they make, others only read. Without them anybody may do anything. */
  readonly credentials?: string;
  readonly sessionMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @see mesos@1.11 src/zookeeper/authentication.hpp EVERYONE_READ_CREATOR_ALL */
const READ_BY_ALL_WRITTEN_BY_CREATOR = [
  new ACL(Permission.READ, Id.ANYONE_ID_UNSAFE),
  new ACL(Permission.ALL, Id.AUTH_IDS),
];
const NO_DATA = Buffer.alloc(0);
const ANY_VERSION = -1;
/** No znode gets there: a write that expects it changes nothing, and is decided by the quorum like any other. */
const NEVER_VERSION = 2 ** 31 - 1;

/** A path of a ZooKeeper ensemble, through node-zookeeper-client behind its guards. */
export class NzcElectionStore implements ElectionStore {
  readonly #options: NzcElectionStoreOptions;

  constructor(options: NzcElectionStoreOptions) {
    this.#options = options;
  }

  async open(signal: AbortSignal): Promise<ElectionSession> {
    const { path, sessionMs, credentials } = this.#options;
    const client = new GuardedClient({ ...this.#options, probePath: path });
    const acl = credentials === undefined ? ACL.OPEN_ACL_UNSAFE : READ_BY_ALL_WRITTEN_BY_CREATOR;
    await client.connect(signal);
    try {
      if (client.timeoutMs < sessionMs) {
        throw new OperatingError(
          "ZK_SESSION_TOO_SHORT",
          `the ensemble grants sessions of ${client.timeoutMs} ms, ${sessionMs} ms are needed`,
        );
      }
      await ensurePath(client, path, acl);
      return new NzcSession(client, path, acl);
    } catch (error) {
      await client.close();
      throw error;
    }
  }
}

/** Makes what is missing of the path; asked before made, for making may be forbidden where nothing needs to be. */
async function ensurePath(client: GuardedClient, path: string, acl: readonly ACL[]): Promise<void> {
  const names = path.split("/").slice(1);
  for (let depth = 1; depth <= names.length; depth += 1) {
    const parent = `/${names.slice(0, depth).join("/")}`;
    const stat = await client.call<object | null>("exists", parent, (zk, done) =>
      zk.exists(parent, done),
    );
    if (stat !== null) continue;
    await unless(Exception.NODE_EXISTS, () =>
      client.call<string>("create", parent, (zk, done) =>
        zk.create(parent, NO_DATA, acl, CreateMode.PERSISTENT, done),
      ),
    );
  }
}

class NzcSession implements ElectionSession {
  readonly #client: GuardedClient;
  readonly #path: string;
  readonly #acl: readonly ACL[];
  #changed: () => void = () => undefined;
  #isWatched = false;

  constructor(client: GuardedClient, path: string, acl: readonly ACL[]) {
    this.#client = client;
    this.#path = path;
    this.#acl = acl;
    // The library arms its watches again, and the server replays them; looking once more costs nothing.
    client.onReconnected(() => this.#tellChanged());
  }

  get timeoutMs(): number {
    return this.#client.timeoutMs;
  }

  get lost(): AbortSignal {
    return this.#client.lost;
  }

  async join(prefix: string, data: Uint8Array): Promise<string> {
    const path = this.#child(prefix);
    const made = await this.#client.call<string>("create", path, (zk, done) =>
      zk.create(path, Buffer.from(data), this.#acl, CreateMode.EPHEMERAL_SEQUENTIAL, done),
    );
    return made.slice(made.lastIndexOf("/") + 1);
  }

  async children(changed: () => void): Promise<readonly string[]> {
    this.#changed = changed;
    // One watch at a time: the library would keep every one of them until it fires.
    const watcher = this.#isWatched ? undefined : (): void => this.#tellChanged(true);
    // Before the answer: an event may stand right behind it.
    this.#isWatched = true;
    try {
      return await this.#client.call<readonly string[]>("getChildren", this.#path, (zk, done) =>
        zk.getChildren(this.#path, watcher, done),
      );
    } catch (error) {
      if (watcher !== undefined) this.#isWatched = false;
      throw error;
    }
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const path = this.#child(name);
    return unless(Exception.NO_NODE, async () => {
      const data = await this.#client.call<Buffer | undefined>("getData", path, (zk, done) =>
        zk.getData(path, done),
      );
      return data ?? NO_DATA;
    });
  }

  async remove(name: string): Promise<void> {
    const path = this.#child(name);
    await unless(Exception.NO_NODE, () =>
      this.#client.call("delete", path, (zk, done: Callback) => zk.remove(path, ANY_VERSION, done)),
    );
  }

  async confirm(name: string): Promise<void> {
    const path = this.#child(name);
    await unless(Exception.BAD_VERSION, () =>
      this.#client.call<object>("setData", path, (zk, done) =>
        zk.setData(path, NO_DATA, NEVER_VERSION, done),
      ),
    );
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #child(name: string): string {
    return `${this.#path}/${name}`;
  }

  #tellChanged(hasFired = false): void {
    if (hasFired) this.#isWatched = false;
    this.#changed();
  }
}

/** The result, or undefined when the call failed for that one reason. */
async function unless<T>(rc: number, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isOperatingError(error) && error.details["rc"] === rc) return undefined;
    throw error;
  }
}
