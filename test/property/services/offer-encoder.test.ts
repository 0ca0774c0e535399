import { expect } from "chai";
import fc from "fast-check";
import { encodeJson } from "../../../src/api/mesos/json-encode.ts";
import { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { Agent, Framework, Offer } from "../../../src/domain/mesos/master-state.ts";
import { OfferBook } from "../../../src/domain/mesos/offer-book.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { OfferEncoder } from "../../../src/services/offer-engine/serve/offer-encoder.ts";
import { wireOffer } from "../../../src/services/offer-engine/serve/wire-offer.ts";
import { makeAgent, makeFramework } from "../../support/mesos/builders.ts";

const RECORD_BYTES_MAX = 1024 * 1024;

const frameworks: Record<string, Framework> = {
  refined: makeFramework({
    capabilities: [{ type: "MULTI_ROLE" }, { type: "RESERVATION_REFINEMENT" }],
  }),
  old: makeFramework({ capabilities: [{ type: "MULTI_ROLE" }] }),
  "of one role": makeFramework({ roles: [], role: "web", capabilities: [] }),
};

function agents(): Agent[] {
  const plain = makeAgent("a-plain");
  const rich: Agent = { ...makeAgent("a-rich"), hostname: "größe.example" };
  rich.info = {
    ...rich.info,
    domain: { fault_domain: { region: { name: "r" }, zone: { name: "z" } } },
  };
  rich.unavailability = { startMs: 1_900_000_000_000, durationMs: 3_600_000 };
  rich.attributes = [{ name: "rack", type: "TEXT", text: { value: "r1" } }];
  return [plain, rich];
}

const resources = [
  "cpus:4;mem:1024",
  "cpus:0.001;ports:[31000-31002,31005-31005]",
  "cpus(web):1;mem:5",
  "cpus:1;zones:{a,b}",
  "cpus{REV}:2;cpus:1",
  "disk(web)[v1]:64",
].map(resourcesOf);

const offered = fc.array(
  fc.record({
    agent: fc.nat(1),
    resources: fc.constantFrom(...resources),
    role: fc.constantFrom("web", "übung/a"),
  }),
  { maxLength: 30 },
);

function inOneEvent(offers: readonly Offer[]): string {
  const event: SchedulerEvent = { type: "OFFERS", offers: { offers: offers.map(wireOffer) } };
  return encodeJson(SchedulerEvent, event);
}

function recordsOf(encoder: OfferEncoder, offers: readonly Offer[]): string[] {
  return [...encoder.records(offers)].map((record) => Buffer.from(record).toString("latin1"));
}

describe("OfferEncoder", () => {
  for (const [name, framework] of Object.entries(frameworks)) {
    it(`writes what the message form says, whatever was offered before: to a framework, ${name}`, () => {
      const encoder = new OfferEncoder();
      const book = new OfferBook("m");
      const all = agents();
      let number = 0;
      fc.assert(
        fc.property(offered, (wanted) => {
          const offers = wanted.map(({ agent, ...parts }) =>
            book.make(number++, {
              ...parts,
              framework,
              agent: all[agent] as Agent,
              holding: 0,
              madeMs: 0,
            }),
          );
          if (offers.length === 0) expect(recordsOf(encoder, offers)).to.deep.equal([]);
          else expect(recordsOf(encoder, offers)).to.deep.equal([inOneEvent(offers)]);
        }),
      );
    });
  }

  it("names the framework's executors on the agent, and forgets them when they end", () => {
    const encoder = new OfferEncoder();
    const framework = makeFramework();
    const agent = makeAgent("a");
    const parts = { framework, agent, role: "web", resources: resourcesOf("cpus:1") };
    const offer = new OfferBook("m").make(0, { ...parts, holding: 0, madeMs: 0 });
    for (const executors of [new Map(), new Map([["é", {}]]), new Map(), new Map()]) {
      framework.executors.clear();
      if (executors.size > 0) framework.executors.set(agent.id, executors as never);
      expect(recordsOf(encoder, [offer])).to.deep.equal([inOneEvent([offer])]);
    }
  });

  it("follows an agent whose attributes or address change", () => {
    const encoder = new OfferEncoder();
    const framework = makeFramework();
    const agent = makeAgent("a");
    const parts = { framework, agent, role: "web", resources: resourcesOf("cpus:1") };
    const offer = new OfferBook("m").make(0, { ...parts, holding: 0, madeMs: 0 });
    for (const address of ["10.0.0.1", "10.0.0.2", "10.0.0.2", "10.0.0.2"]) {
      agent.address = address;
      expect(recordsOf(encoder, [offer])).to.deep.equal([inOneEvent([offer])]);
    }
    agent.attributes = [{ name: "rack", type: "TEXT", text: { value: "r2" } }];
    expect(recordsOf(encoder, [offer])).to.deep.equal([inOneEvent([offer])]);
  });

  it("splits what would pass 1 MiB, loses nothing and keeps the order", () => {
    const framework = makeFramework();
    const book = new OfferBook("m");
    const agent = makeAgent("a");
    const parts = { framework, agent, role: "web", resources: resourcesOf("cpus:1") };
    const offers = Array.from({ length: 5_000 }, (_, number) =>
      book.make(number, { ...parts, holding: 0, madeMs: 0 }),
    );
    const records = recordsOf(new OfferEncoder(), offers);
    expect(records.length).to.be.greaterThan(1);
    expect(Math.max(...records.map(({ length }) => length))).to.be.at.most(RECORD_BYTES_MAX);
    const ids = records.flatMap((record) =>
      (JSON.parse(record) as { offers: { offers: { id: { value: string } }[] } }).offers.offers.map(
        ({ id }) => id.value,
      ),
    );
    expect(ids).to.deep.equal(offers.map(({ id }) => id));
  });
});
