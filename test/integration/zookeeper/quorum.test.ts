import { expect } from "chai";
import { NzcElectionStore } from "../../../src/adapters/zookeeper/nzc/nzc-election-store.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { until } from "../../cluster/host/until.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { useEnsemble } from "../../support/zk-ensemble/use-ensemble.ts";

const clock = new SystemClock();
const SESSION_MS = 6_000;
const FOREVER = new AbortController().signal;
const DATA = new TextEncoder().encode("a");

describe("election in a real ensemble of three (HA-01)", function () {
  this.timeout(60_000);
  const ensemble = useEnsemble({ servers: 3 });

  const storeAt = (servers: readonly string[]): NzcElectionStore =>
    new NzcElectionStore({
      servers,
      path: "/mesos",
      sessionMs: SESSION_MS,
      clock,
      logger: new RecordingLogger(),
    });

  it("keeps session and member while any one server is killed, its own and the leader among them", async () => {
    const session = await storeAt(ensemble().addresses).open(FOREVER);
    const name = await session.join("json.info_", DATA);
    for (const server of ensemble().servers) {
      await server.kill();
      await until("the member is confirmed", () => session.confirm(name).then(() => true), {
        timeoutMs: SESSION_MS,
        intervalMs: 50,
      });
      server.start();
      await ensemble().ready();
    }
    expect(session.lost.aborted).to.equal(false);
    await session.close();
  });

  it("HA-12: confirms nothing on the word of a server that has lost the others, though it still answers reads", async () => {
    const [follower, other] = await ensemble().byMode("follower");
    const [leader] = await ensemble().byMode("leader");
    const session = await storeAt([leader!.address]).open(FOREVER);
    const name = await session.join("json.info_", DATA);
    const reader = await storeAt([leader!.address]).open(FOREVER);
    await session.confirm(name);
    follower!.pause();
    other!.pause();
    try {
      let isConfirmed = false;
      void session.confirm(name).then(
        () => (isConfirmed = true),
        () => undefined,
      );
      expect(await reader.read(name)).to.deep.equal(DATA);
      // As long as the server waits for the others before it gives its clients up.
      await until("the server gives up", () => session.lost.aborted, { timeoutMs: 20_000 });
      expect(isConfirmed).to.equal(false);
    } finally {
      follower!.resume();
      other!.resume();
    }
    await ensemble().quorum();
    await Promise.all([session.close(), reader.close()]);
  });
});
