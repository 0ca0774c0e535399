import type { Offer } from "../../../api/mesos/offer.ts";
import { readResources } from "../../mesos/wire-resources.ts";
import { containsResources, scalarMilli, subtractResources } from "../../resources/arithmetic.ts";
import { isPersistentVolume } from "../../resources/kind.ts";
import { containsRanges, type Ranges } from "../../resources/ranges.ts";
import type { MesosResource, Resources } from "../../resources/resource.ts";
import { isPlain } from "../take-resources.ts";
import type { PortSpec } from "./pattern-spec.ts";

/** Label of our reservations: whose home they are. */
export const HOME_LABEL = "orchestrator.io/home";

/** An offer while it is dealt out. */
export class OfferView {
  readonly offer: Offer;
  readonly agentId: string;
  readonly hostname: string;
  readonly ip: string;
  #left: Resources;

  constructor(offer: Offer) {
    this.offer = offer;
    this.agentId = offer.agent_id.value;
    this.hostname = offer.hostname;
    this.ip = offer.url?.address.ip ?? offer.hostname;
    const read = readResources(offer.resources ?? []);
    this.#left = read.ok ? read.resources : [];
  }

  get left(): Resources {
    return this.#left;
  }

  /** Thousandths of what is neither reserved nor revocable. */
  plainMilli(name: string): number {
    return scalarMilli(this.#left.filter(isPlain), name);
  }

  has(wanted: Resources): boolean {
    return containsResources(this.#left, wanted);
  }

  take(wanted: Resources): void {
    this.#left = subtractResources(this.#left, wanted);
  }

  /** One number per port, fixed ones as they are; undefined when one cannot be had. */
  pickPorts(ports: readonly PortSpec[]): readonly number[] | undefined {
    const picked: number[] = [];
    for (const { number } of ports) {
      const port = number ?? this.#anyPort(picked);
      if (port === undefined || !this.#hasPort(port) || picked.includes(port)) return undefined;
      picked.push(port);
    }
    return picked;
  }

  /** What is reserved here as somebody's home, volumes included. */
  home(owner: string): Resources {
    return this.#left.filter((it) => homeOwner(it) === owner);
  }

  /** Owners of all homes that are offered here. */
  homeOwners(): ReadonlySet<string> {
    return new Set(this.#left.flatMap((it) => homeOwner(it) ?? []));
  }

  #anyPort(except: readonly number[]): number | undefined {
    for (const [begin, end] of this.#ports()) {
      for (let port = begin; port <= end; port += 1) {
        if (!except.includes(port)) return port;
      }
    }
    return undefined;
  }

  #hasPort(port: number): boolean {
    return containsRanges(this.#ports(), [[port, port]]);
  }

  #ports(): Ranges {
    const plain = this.#left.filter(isPlain);
    const ports = plain.find((it) => it.name === "ports" && it.kind === "ranges");
    return ports?.kind === "ranges" ? ports.ranges : [];
  }
}

export function homeOwner({ reservations }: MesosResource): string | undefined {
  const labels = reservations.at(-1)?.labels ?? [];
  return labels.find(({ key }) => key === HOME_LABEL)?.value;
}

export function volumeOf(home: Resources): MesosResource | undefined {
  return home.find(isPersistentVolume);
}
