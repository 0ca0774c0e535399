import type { OfferOperation } from "../../../src/api/mesos/offer.ts";
import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";
import type { MesosResource, Resources } from "../../../src/domain/resources/resource.ts";
import type { SeededRandom } from "../seeded-random.ts";

const wireOf = (resource: MesosResource): ReturnType<typeof writeResources>[number] =>
  writeResources([resource], { refined: true })[0]!;

/** Operations that somebody could do with resources, most of them valid. */
export class RandomOperations {
  readonly #random: SeededRandom;
  #volumes = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** None to two, on what is there. */
  some(resources: Resources, role: string): OfferOperation[] {
    return resources
      .filter(() => this.#random.next() < 0.3)
      .slice(0, 2)
      .map((resource) => this.#on(resource, role));
  }

  #on(resource: MesosResource, role: string): OfferOperation {
    if (resource.disk?.persistence !== undefined) return this.#onVolume(resource);
    if (resource.reservations.length === 0) {
      const reservations = [{ role, type: "DYNAMIC" as const }];
      const target = { ...this.#part(resource), reservations };
      return { type: "RESERVE", reserve: { resources: [wireOf(target)] } };
    }
    const part = this.#part(resource);
    if (resource.name !== "disk" || this.#random.next() < 0.3) {
      return { type: "UNRESERVE", unreserve: { resources: [wireOf(part)] } };
    }
    this.#volumes += 1;
    const disk = {
      persistence: { id: `v${this.#volumes}` },
      volume: { containerPath: "data", mode: "RW" as const },
    };
    return { type: "CREATE", create: { volumes: [wireOf({ ...part, disk })] } };
  }

  #onVolume(volume: MesosResource): OfferOperation {
    if (volume.kind === "scalar" && volume.milli > 2000 && this.#random.next() < 0.5) {
      return {
        type: "SHRINK_VOLUME",
        shrink_volume: { volume: wireOf(volume), subtract: { value: 1 } },
      };
    }
    return { type: "DESTROY", destroy: { volumes: [wireOf(volume)] } };
  }

  /** Some of it; now and then more than there is. */
  #part(resource: MesosResource): MesosResource {
    if (resource.kind !== "scalar") return resource;
    const share = this.#random.next() * 1.1;
    return { ...resource, milli: Math.max(1, Math.floor(resource.milli * share)) };
  }
}
