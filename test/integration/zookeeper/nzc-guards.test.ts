import { expect } from "chai";
import { execFile } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { execPath } from "node:process";
import { NzcElectionStore } from "../../../src/adapters/zookeeper/nzc/nzc-election-store.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import type { ElectionSession } from "../../../src/services/offer-engine/election/ports.ts";
import { until } from "../../cluster/host/until.ts";
import { FaultProxy } from "../../support/fault-proxy/fault-proxy.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { useEnsemble } from "../../support/zk-ensemble/use-ensemble.ts";

const clock = new SystemClock();
const SESSION_MS = 3_000;
const FOREVER = new AbortController().signal;
const DATA = new TextEncoder().encode("a");

/** The defects of the library (zookeeper.md 1.8), met on purpose: what the guards make of them. */
describe("guards of node-zookeeper-client 1.1.3 on a real server", function () {
  this.timeout(30_000);
  const ensemble = useEnsemble({ servers: 1 });
  let proxy: FaultProxy;

  beforeEach(async () => {
    proxy = await FaultProxy.start(ensemble().servers[0]!.plan.clientPort);
  });
  afterEach(() => proxy.stop());

  const store = (address: string, path: string, credentials?: string): NzcElectionStore =>
    new NzcElectionStore({
      servers: [address],
      path,
      sessionMs: SESSION_MS,
      clock,
      logger: new RecordingLogger(),
      ...(credentials === undefined ? {} : { credentials }),
    });
  const open = (path: string): Promise<ElectionSession> => store(proxy.address, path).open(FOREVER);

  async function lossOf(session: ElectionSession): Promise<number> {
    const startMs = clock.monotonicMs();
    await until("the session is lost", () => session.lost.aborted, { timeoutMs: 3 * SESSION_MS });
    return clock.monotonicMs() - startMs;
  }

  it("a: a frame that is cut in two when the connection breaks ends the session, and a new one works", async () => {
    const session = await open("/guard-a");
    proxy.onServerBytes = (bytes, client) => {
      proxy.onServerBytes = undefined;
      client.write(bytes.subarray(0, bytes.length - 3), () => client.destroy());
      return undefined;
    };
    const error: unknown = await session
      .children(() => undefined)
      .catch((reason: unknown) => reason);
    expect(isOperatingError(error, "ZK_CONNECTION_LOSS"), String(error)).to.equal(true);
    expect(await lossOf(session)).to.be.at.most(SESSION_MS + 1_500);
    const next = await open("/guard-a");
    expect(await next.children(() => undefined)).to.deep.equal([]);
    await next.close();
  });

  it("d: a server that nothing is heard of any more is noticed before the session can expire", async () => {
    const session = await open("/guard-d");
    proxy.weather = "blackHole";
    expect(await lossOf(session)).to.be.within(SESSION_MS / 3, SESSION_MS);
    expect((session.lost.reason as Error).message).to.include("no answer in 1500 ms");
  });

  it("d: so is a server that stands still, and one that accepts and never answers", async () => {
    const [server] = ensemble().servers;
    const session = await open("/guard-d");
    server!.pause();
    try {
      expect(await lossOf(session)).to.be.at.most(SESSION_MS);
      const error: unknown = await open("/guard-d").catch((reason: unknown) => reason);
      expect(isOperatingError(error, "ZK_CONNECTION_LOSS"), String(error)).to.equal(true);
    } finally {
      server!.resume();
    }
    const next = await open("/guard-d");
    await next.close();
  });

  it("f: a session that only hears lives on", async () => {
    const path = "/guard-f";
    const session = await open(path);
    const other = await store(ensemble().addresses[0]!, path).open(FOREVER);
    let told = 0;
    const arm = async (): Promise<void> => {
      await session.children(() => {
        told += 1;
        void arm();
      });
    };
    await arm();
    const endMs = clock.monotonicMs() + 2 * SESSION_MS;
    while (clock.monotonicMs() < endMs) await other.remove(await other.join("x_", DATA));
    expect(told).to.be.above(20);
    expect(session.lost.aborted).to.equal(false);
    await session.close();
    await other.close();
  });

  it("g: nothing waits for a connection, so that nothing goes out before the credentials", async () => {
    const session = await store(proxy.address, "/guard-g", "user:password").open(FOREVER);
    const name = await session.join("json.info_", DATA);
    proxy.weather = "refuse";
    await until("it is cut off", () => proxy.connections === 0, { timeoutMs: 1_000 });
    const error: unknown = await session.confirm(name).catch((reason: unknown) => reason);
    expect(isOperatingError(error, "ZK_CONNECTION_LOSS"), String(error)).to.equal(true);
    proxy.weather = "pass";
    const codes = new Set<string>();
    await until(
      "the member is confirmed",
      async () => {
        try {
          await session.confirm(name);
          return true;
        } catch (reason) {
          if (isOperatingError(reason)) codes.add(reason.code);
          return false;
        }
      },
      { timeoutMs: SESSION_MS, intervalMs: 5 },
    );
    expect([...codes]).not.to.include("ZK_NO_AUTH");
    await session.close();
  });

  it("leaves no connection behind, however a session ends", async () => {
    const closed = await open("/guard-ends");
    await closed.close();
    const lost = await open("/guard-ends");
    proxy.weather = "refuse";
    await lossOf(lost);
    proxy.weather = "pass";
    const stop = new AbortController();
    const opening = store(proxy.address, "/guard-ends").open(stop.signal);
    stop.abort(new Error("stopped"));
    await opening.catch(() => undefined);
    await until("all are closed", () => proxy.connections === 0, { timeoutMs: 2_000 });
    const next = await open("/guard-ends");
    expect(proxy.connections).to.equal(1);
    await next.close();
  });

  it("c: an error code that the library does not know ends the process, and nothing worse", async () => {
    const server = createServer((socket) => {
      let isFirst = true;
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        if (isFirst) socket.write(connectResponse());
        else if (bytes.length > 12) socket.write(throttled(bytes.readInt32BE(4)));
        isFirst = false;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const script = join(import.meta.dirname, "../../support/zk-ensemble/open-session.ts");
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const end = await new Promise<{ code: number | null; output: string }>((resolve) => {
      const child = execFile(execPath, [script, address], { timeout: 20_000 }, (_e, out, err) =>
        resolve({ code: child.exitCode, output: `${out}${err}` }),
      );
    });
    server.close();
    expect(end.output).to.include("Unknown code: -127");
    expect(end.code).to.equal(1);
  });
});

function connectResponse(): Buffer {
  const frame = Buffer.alloc(4 + 4 + 4 + 8 + 4 + 16);
  frame.writeInt32BE(frame.length - 4, 0);
  frame.writeInt32BE(SESSION_MS, 8);
  frame.writeInt32BE(1, 16);
  frame.writeInt32BE(16, 20);
  return frame;
}

function throttled(xid: number): Buffer {
  const frame = Buffer.alloc(4 + 16);
  frame.writeInt32BE(16, 0);
  frame.writeInt32BE(xid, 4);
  frame.writeInt32BE(-127, 16);
  return frame;
}
