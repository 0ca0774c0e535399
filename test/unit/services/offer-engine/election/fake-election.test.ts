import { describeElectionStore } from "../../../../support/election/election-store-contract.ts";
import { FakeElection, FakeLink } from "../../../../support/election/fake-election.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

describeElectionStore("FakeElection", 6_000, () => {
  const clock = new VirtualClock();
  const world = new FakeElection(clock);
  return Promise.resolve({
    client: () => {
      const link = new FakeLink();
      const cut = (): void => void (link.isCut = true);
      return Promise.resolve({ store: world.seenBy(link), cut });
    },
    put: (name, data) => {
      world.put(name, data);
      return Promise.resolve();
    },
    until: async (what, holds, withinMs) => {
      for (let passedMs = 0; passedMs <= withinMs; passedMs += 50) {
        if (await holds()) return;
        await clock.advance(50);
      }
      throw new Error(`${what}: not within ${withinMs} ms`);
    },
    close: () => Promise.resolve(),
  });
});
