/** The part of node-zookeeper-client 1.1.3 that we use, internals of its connection among them; it ships no types. */
declare module "node-zookeeper-client" {
  import type { EventEmitter } from "node:events";
  import type { Socket } from "node:net";

  export class Exception extends Error {
    static readonly CONNECTION_LOSS: number;
    static readonly NO_NODE: number;
    static readonly NO_AUTH: number;
    static readonly BAD_VERSION: number;
    static readonly NODE_EXISTS: number;
    static readonly SESSION_EXPIRED: number;
    static readonly AUTH_FAILED: number;
    readonly code: number;
  }

  export interface NamedState {
    readonly name: string;
  }
  export const State: {
    readonly DISCONNECTED: NamedState;
    readonly SYNC_CONNECTED: NamedState;
    readonly AUTH_FAILED: NamedState;
    readonly EXPIRED: NamedState;
  };

  export class Id {
    static readonly ANYONE_ID_UNSAFE: Id;
    static readonly AUTH_IDS: Id;
    private readonly scheme: string;
  }
  export class ACL {
    static readonly OPEN_ACL_UNSAFE: readonly ACL[];
    constructor(permission: number, id: Id);
    private readonly permission: number;
  }
  export const Permission: { readonly READ: number; readonly ALL: number };
  export const CreateMode: { readonly PERSISTENT: number; readonly EPHEMERAL_SEQUENTIAL: number };

  export type Callback<T = void> = (error: Exception | null | undefined, value: T) => void;

  /** Not public: to end a client for good. */
  export interface ConnectionManager {
    socket?: Socket;
    connectTimeoutHandler: NodeJS.Timeout | null;
    connect: () => void;
    onSocketConnected: () => void;
  }

  export interface Client extends EventEmitter {
    readonly connectionManager: ConnectionManager;
    connect(): void;
    close(): void;
    getSessionTimeout(): number;
    addAuthInfo(scheme: string, auth: Buffer): void;
    create(
      path: string,
      data: Buffer,
      acls: readonly ACL[],
      mode: number,
      callback: Callback<string>,
    ): void;
    remove(path: string, version: number, callback: Callback): void;
    exists(path: string, callback: Callback<object | null>): void;
    setData(path: string, data: Buffer, version: number, callback: Callback<object>): void;
    getData(path: string, callback: Callback<Buffer | undefined>): void;
    getChildren(
      path: string,
      watcher: (() => void) | undefined,
      callback: Callback<readonly string[]>,
    ): void;
  }

  export function createClient(
    servers: string,
    options: {
      readonly sessionTimeout: number;
      readonly spinDelay: number;
      readonly retries: number;
    },
  ): Client;
}
