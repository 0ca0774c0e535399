import { expect } from "chai";
import { NzcElectionStore } from "../../../src/adapters/zookeeper/nzc/nzc-election-store.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { until } from "../../cluster/host/until.ts";
import { describeElectionStore } from "../../support/election/election-store-contract.ts";
import { FaultProxy } from "../../support/fault-proxy/fault-proxy.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { useEnsemble } from "../../support/zk-ensemble/use-ensemble.ts";

const clock = new SystemClock();
const SESSION_MS = 3_000;
const FOREVER = new AbortController().signal;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

interface StoreOptions {
  readonly path: string;
  readonly sessionMs?: number;
  readonly credentials?: string;
}
function storeAt(servers: readonly string[], options: StoreOptions): NzcElectionStore {
  return new NzcElectionStore({
    servers,
    sessionMs: SESSION_MS,
    clock,
    logger: new RecordingLogger(),
    ...options,
  });
}

describe("election in one real ZooKeeper 3.8.0", () => {
  const ensemble = useEnsemble({ servers: 1 });
  let paths = 0;

  describeElectionStore("NzcElectionStore", SESSION_MS, () => {
    const path = `/contract/${(paths += 1)}`;
    const proxies: FaultProxy[] = [];
    const [server] = ensemble().servers;
    return Promise.resolve({
      client: async () => {
        const proxy = await FaultProxy.start(server!.plan.clientPort);
        proxies.push(proxy);
        const cut = (): void => void (proxy.weather = "blackHole");
        return { store: storeAt([proxy.address], { path }), cut };
      },
      put: async (name, data) => {
        await ensemble().cli("create", `${path}/${name}`, new TextDecoder().decode(data));
      },
      until: async (what, holds, withinMs) => {
        await until(what, holds, { timeoutMs: withinMs, intervalMs: 20 });
      },
      close: async () => {
        await Promise.all(proxies.map((proxy) => proxy.stop()));
      },
    });
  });

  it("refuses an ensemble that grants shorter sessions than asked for", async () => {
    const asked = storeAt(ensemble().addresses, { path: "/short", sessionMs: 120_000 });
    const error: unknown = await asked.open(FOREVER).catch((reason: unknown) => reason);
    expect(isOperatingError(error, "ZK_SESSION_TOO_SHORT"), String(error)).to.equal(true);
  });

  it("gives up when no server answers, and when it is stopped", async () => {
    const nobody = storeAt(["127.0.0.1:1"], { path: "/nobody", sessionMs: 600 });
    const error: unknown = await nobody.open(FOREVER).catch((reason: unknown) => reason);
    expect(isOperatingError(error, "ZK_CONNECTION_LOSS"), String(error)).to.equal(true);
    const stop = new AbortController();
    const opening = storeAt(["127.0.0.1:1"], { path: "/nobody" }).open(stop.signal);
    stop.abort(new Error("stopped"));
    expect(String(await opening.catch((reason: unknown) => reason))).to.include("stopped");
  });

  it("MES-02: lets everybody read what masters with credentials write, and only them write", async () => {
    const path = "/guarded/mesos";
    const masters = storeAt(ensemble().addresses, { path, credentials: "mesos:se:cret" });
    const strangers = storeAt(ensemble().addresses, { path });
    const master = await masters.open(FOREVER);
    const name = await master.join("json.info_", bytesOf("a"));
    const stranger = await strangers.open(FOREVER);
    expect(await stranger.read(name)).to.deep.equal(bytesOf("a"));
    for (const call of [
      () => stranger.join("json.info_", bytesOf("b")),
      () => stranger.remove(name),
      () => stranger.confirm(name),
    ]) {
      const error: unknown = await call().catch((reason: unknown) => reason);
      expect(isOperatingError(error, "ZK_NO_AUTH"), String(error)).to.equal(true);
    }
    await master.confirm(name);
    const other = await masters.open(FOREVER);
    await other.remove(name);
    await Promise.all([master.close(), stranger.close(), other.close()]);
  });

  it("keeps session and member while its connection breaks, and notices what happened meanwhile", async () => {
    const [server] = ensemble().servers;
    const proxy = await FaultProxy.start(server!.plan.clientPort);
    const one = await storeAt([proxy.address], { path: "/broken" }).open(FOREVER);
    const two = await storeAt(ensemble().addresses, { path: "/broken" }).open(FOREVER);
    const name = await one.join("json.info_", bytesOf("a"));
    let told = 0;
    await one.children(() => (told += 1));
    proxy.cut();
    await two.join("json.info_", bytesOf("b"));
    await until("it is told", () => told > 0, { timeoutMs: SESSION_MS });
    await until("it is back", () => one.confirm(name).then(() => true), { timeoutMs: SESSION_MS });
    expect(one.lost.aborted).to.equal(false);
    expect(await one.children(() => undefined)).to.have.length(2);
    await Promise.all([one.close(), two.close()]);
    await proxy.stop();
  });
});
