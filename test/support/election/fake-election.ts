import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { CancelTimer } from "../../../src/runtime/ports/clock.ts";
import type {
  ElectionSession,
  ElectionStore,
} from "../../../src/services/offer-engine/election/ports.ts";
import type { VirtualClock } from "../virtual-clock.ts";

interface Child {
  readonly data: Uint8Array;
  /** Undefined: it stays when its maker goes. */
  readonly owner: FakeSession | undefined;
}

const TIMEOUT_MS = 6_000;
/** A client gives a silent ensemble up after two thirds of its session. */
const NOTICED_AFTER_MS = (TIMEOUT_MS * 2) / 3;

/** One path of an ensemble in virtual time: sessions that expire when nobody hears of them, and members that go with them. */
export class FakeElection {
  readonly children = new Map<string, Child>();
  readonly clock: VirtualClock;
  readonly #watchers = new Set<() => void>();
  #sequence = 0;

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  /** The path as one client reaches it; `link` says how well, now. */
  seenBy(link: FakeLink): ElectionStore {
    return {
      open: async (signal) => {
        await link.pass(this.clock, signal);
        return new FakeSession(this, link);
      },
    };
  }

  add(prefix: string, data: Uint8Array, owner?: FakeSession): string {
    const name = `${prefix}${String(this.#sequence++).padStart(10, "0")}`;
    this.put(name, data, owner);
    return name;
  }

  /** A child under a name of its own, as other software makes it. */
  put(name: string, data: Uint8Array, owner?: FakeSession): void {
    this.children.set(name, { data, owner });
    this.#tell();
  }

  remove(name: string): void {
    if (this.children.delete(name)) this.#tell();
  }

  end(session: FakeSession): void {
    for (const [name, { owner }] of this.children) if (owner === session) this.remove(name);
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => void this.#watchers.delete(changed);
  }

  #tell(): void {
    for (const changed of [...this.#watchers]) {
      this.#watchers.delete(changed);
      changed();
    }
  }
}

/** How one client reaches the ensemble. */
export class FakeLink {
  /** Requests and answers are lost, and nobody is told so. */
  isCut = false;
  /** Added to every call, half each way. */
  delayMs = 0;
  /** May make a call fail, before or after it took effect. */
  fault: () => "before" | "after" | undefined = () => undefined;

  /** One way. Never resolves while the link is cut: what was lost stays lost. */
  async pass(clock: VirtualClock, signal?: AbortSignal): Promise<void> {
    if (this.delayMs > 0) {
      await new Promise<void>((resolve) => void clock.after(this.delayMs / 2, resolve));
    }
    if (!this.isCut) return;
    await new Promise<never>((_resolve, reject) => {
      const fail = (): void => reject(connectionLoss());
      clock.after(TIMEOUT_MS, fail);
      signal?.addEventListener("abort", fail);
    });
  }
}

class FakeSession implements ElectionSession {
  readonly timeoutMs = TIMEOUT_MS;
  readonly #world: FakeElection;
  readonly #link: FakeLink;
  readonly #lost = new AbortController();
  #isExpired = false;
  #unwatch: () => void = () => undefined;
  #cancelExpiry: CancelTimer = () => undefined;
  #cancelNotice: CancelTimer = () => undefined;
  #cancelBeat: CancelTimer = () => undefined;

  constructor(world: FakeElection, link: FakeLink) {
    this.#world = world;
    this.#link = link;
    this.#heard();
    this.#answered();
    this.#beat();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  join(prefix: string, data: Uint8Array): Promise<string> {
    return this.#call(() => this.#world.add(prefix, data, this));
  }

  children(changed: () => void): Promise<readonly string[]> {
    return this.#call(() => {
      this.#unwatch();
      this.#unwatch = this.#world.watch(() => {
        if (!this.#link.isCut && !this.lost.aborted) changed();
      });
      return [...this.#world.children.keys()];
    });
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return this.#call(() => this.#world.children.get(name)?.data);
  }

  remove(name: string): Promise<void> {
    return this.#call(() => this.#world.remove(name));
  }

  confirm(name: string): Promise<void> {
    return this.#call(() => {
      if (this.#world.children.has(name)) return;
      throw new OperatingError("ZK_NO_NODE", `${name} is gone`);
    });
  }

  close(): Promise<void> {
    if (!this.#link.isCut) this.#expire();
    this.#lose("closed");
    return Promise.resolve();
  }

  /** The ensemble ends the session, for whatever reason. */
  #expire(): void {
    if (this.#isExpired) return;
    this.#isExpired = true;
    this.#cancelExpiry();
    this.#unwatch();
    this.#world.end(this);
  }

  async #call<T>(effect: () => T): Promise<T> {
    const lost = Promise.withResolvers<never>();
    const onLost = (): void => lost.reject(this.lost.reason as Error);
    lost.promise.catch(() => undefined);
    this.lost.addEventListener("abort", onLost, { once: true });
    try {
      this.lost.throwIfAborted();
      return await Promise.race([this.#round(effect), lost.promise]);
    } finally {
      this.lost.removeEventListener("abort", onLost);
    }
  }

  async #round<T>(effect: () => T): Promise<T> {
    const fault = this.#link.fault();
    await this.#link.pass(this.#world.clock);
    if (fault === "before") throw connectionLoss();
    if (this.#isExpired) {
      this.#lose("expired");
      throw this.lost.reason as Error;
    }
    this.#heard();
    const result = effect();
    await this.#link.pass(this.#world.clock);
    if (fault === "after") throw connectionLoss();
    this.#answered();
    return result;
  }

  #heard(): void {
    this.#cancelExpiry();
    this.#cancelExpiry = this.#world.clock.after(TIMEOUT_MS, () => this.#expire());
  }

  #answered(): void {
    this.#cancelNotice();
    this.#cancelNotice = this.#world.clock.after(NOTICED_AFTER_MS, () => this.#lose("silent"));
  }

  #beat(): void {
    this.#cancelBeat = this.#world.clock.after(TIMEOUT_MS / 3, () => {
      this.#round(() => undefined).catch(() => undefined);
      this.#beat();
    });
  }

  #lose(why: string): void {
    if (this.lost.aborted) return;
    this.#cancelNotice();
    this.#cancelBeat();
    this.#lost.abort(new OperatingError("ZK_SESSION_EXPIRED", `the session is over: ${why}`));
  }
}

const connectionLoss = (): OperatingError =>
  new OperatingError("ZK_CONNECTION_LOSS", "the answer did not come");
