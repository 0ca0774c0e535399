import { OfferMaker } from "../adapters/offer-maker.ts";
import { GateError, type Bench, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import { buildFleet, type FleetPoint } from "./allocator-fleet.ts";

const ROUNDS: Record<Grid, number> = { smoke: 10, standard: 60, full: 60 };
const WARM_UP_ROUNDS = 5;
const FLEET: FleetPoint = { agents: 1_000, frameworks: 50, roles: "one" };
/** Offers that are compared with the plain message. */
const COMPARED = 100;
const EVENT_OFFERS = 200;

/** Offers of a fleet as the bytes of OFFERS events; agents and their fragments are known already. */
export const offerEncoding: Bench = {
  id: "H3",
  about: "encoding of offers",
  run({ grid, seed }) {
    const { allocator, sha256 } = buildFleet(FLEET, seed, "interval");
    const maker = new OfferMaker();
    const offers = maker.make(allocator.apply({ kind: "tick" }, 0).grants, 0).flat();
    if (!maker.isPlain([offers.slice(0, COMPARED)])) {
      throw new GateError("H3: the fragments differ from the message");
    }
    const batches = Array.from({ length: Math.ceil(offers.length / EVENT_OFFERS) }, (_, index) =>
      offers.slice(index * EVENT_OFFERS, (index + 1) * EVENT_OFFERS),
    );
    const line = (column: string, goalMs: number, encode: () => number): Measurement => {
      const watch = new Stopwatch();
      let bytes = 0;
      for (let round = -WARM_UP_ROUNDS; round < ROUNDS[grid]; round += 1) {
        if (round === 0) watch.reset();
        bytes = watch.time(encode);
      }
      return {
        id: "H3",
        point: `${offers.length} offers, ${EVENT_OFFERS} per event`,
        adapter: "engine",
        column,
        rounds: ROUNDS[grid],
        ...watch.spread(offers.length),
        bytes,
        workloadSha256: sha256,
        equalTo: "reference",
        bar: { goalMs },
        note: `per offer of ${Math.round(bytes / offers.length)} B`,
      };
    };
    return [
      line("JSON", 0.0005, () => maker.encode(batches)),
      line("protobuf", 0.0025, () => maker.encodeProtobuf(batches)),
    ];
  },
};
