import type { OfferOperation } from "../../../api/mesos/offer.ts";
import { writeResources } from "../../mesos/wire-resources.ts";
import { scalarMilli } from "../../resources/arithmetic.ts";
import { isPersistentVolume } from "../../resources/kind.ts";
import type { MesosResource, Reservation, Resources } from "../../resources/resource.ts";
import { resourcesOfAmounts } from "./amounts.ts";
import { HOME_LABEL, type OfferView, volumeOf } from "./offer-view.ts";
import type { ComponentSpec, HomeSpec, PatternSpec } from "./pattern-spec.ts";
import { type PatternState, sinceStartMs } from "./pattern-state.ts";

/** A place for an instance that keeps its home: what must be done before it is launched there, and what it uses. */
export interface HomePlace {
  readonly index: number;
  readonly ports: readonly number[];
  readonly operations: readonly OfferOperation[];
  readonly resources: Resources;
  /** What all of it takes of the offer. */
  readonly taken: Resources;
}

/** Name of the home of an instance: label of its reservations, id of its volume. */
export function homeName(spec: PatternSpec, component: string, index: number): string {
  return `${spec.name}.${component}-${index}`;
}

/**
 * Where the next of `free` instances may live in this offer: at its home if that is offered here, else in a new one, unless
 * it has one elsewhere. Undefined when neither is possible. What a home lacks (the ACCEPT that made it was cut short) is
 * made good.
 */
export function findHome(
  spec: PatternSpec,
  state: PatternState,
  component: ComponentSpec & { readonly home: HomeSpec },
  view: OfferView,
  free: readonly number[],
): HomePlace | undefined {
  const owners = view.homeOwners();
  const returned = free.find((index) => owners.has(homeName(spec, component.name, index)));
  if (returned !== undefined) return furnish(spec, component, view, returned);
  if (sinceStartMs(state) < state.homesKnownAtMs) return undefined;
  const hasHome = (index: number): boolean => state.homes.has(`${component.name}-${index}`);
  const isTaken = [...state.homes].some(
    ([key, agentId]) => agentId === view.agentId && key.startsWith(`${component.name}-`),
  );
  const homeless = free.find((index) => !hasHome(index));
  if (isTaken || homeless === undefined) return undefined;
  return furnish(spec, component, view, homeless);
}

function furnish(
  spec: PatternSpec,
  component: ComponentSpec & { readonly home: HomeSpec },
  view: OfferView,
  index: number,
): HomePlace | undefined {
  const name = homeName(spec, component.name, index);
  const have = view.home(name);
  const stack = have[0]?.reservations ?? [reservationOf(spec, name)];
  const volume = volumeOf(have) ?? volumeAt(name, component.home, stack);
  const loose = have.filter((it) => !isPersistentVolume(it));
  const ownPorts = portsOf(loose).slice(0, component.ports.length);
  const morePorts = view.pickPorts(component.ports.slice(ownPorts.length));
  if (morePorts === undefined) return undefined;
  const isVolumeThere = have.includes(volume);
  const lacking = {
    cpuMillis: component.cpuMillis - scalarMilli(loose, "cpus"),
    memMiB: component.memMiB - scalarMilli(loose, "mem") / 1000,
    diskMiB: isVolumeThere ? 0 : component.home.diskMiB - scalarMilli(loose, "disk") / 1000,
    ports: morePorts,
  };
  const fromPlain = resourcesOfAmounts(lacking);
  if (!view.has(fromPlain)) return undefined;
  const ports = [...ownPorts, ...morePorts].sort((a, b) => a - b);
  const { cpuMillis, memMiB } = component;
  const toReserve = resourcesOfAmounts(lacking, stack);
  return {
    index,
    ports,
    operations: [
      ...(toReserve.length === 0 ? [] : [reserveOperation(toReserve)]),
      ...(isVolumeThere ? [] : [createOperation(volume)]),
    ],
    resources: [...resourcesOfAmounts({ cpuMillis, memMiB, ports }, stack), volume],
    taken: [...fromPlain, ...have],
  };
}

/** What must be done to give back all homes of the pattern in this offer, and whose they are (`component-index`). */
export function giveHomesBack(
  spec: PatternSpec,
  view: OfferView,
): { readonly keys: readonly string[]; readonly operations: readonly OfferOperation[] } {
  const prefix = `${spec.name}.`;
  const owners = [...view.homeOwners()].filter((owner) => owner.startsWith(prefix));
  const homes = owners.flatMap((owner) => view.home(owner));
  const volumes = homes.filter(isPersistentVolume);
  return {
    keys: owners.map((owner) => owner.slice(prefix.length)),
    operations: [
      ...(volumes.length === 0 ? [] : [destroyOperation(volumes)]),
      ...(homes.length === 0 ? [] : [unreserveOperation(homes.map(withoutVolume))]),
    ],
  };
}

/** The disk that is left of a volume when it is destroyed. */
function withoutVolume(resource: MesosResource): MesosResource {
  const { disk, ...rest } = resource;
  return disk?.source === undefined ? rest : { ...rest, disk: { source: disk.source } };
}

function reservationOf({ role, principal }: PatternSpec, name: string): Reservation {
  return {
    type: "DYNAMIC",
    role,
    ...(principal === undefined ? {} : { principal }),
    labels: [{ key: HOME_LABEL, value: name }],
  };
}

function volumeAt(
  name: string,
  { diskMiB, containerPath }: HomeSpec,
  reservations: readonly Reservation[],
): MesosResource {
  const principal = reservations.at(-1)?.principal;
  return {
    name: "disk",
    kind: "scalar",
    milli: diskMiB * 1000,
    reservations,
    disk: {
      persistence: { id: name, ...(principal === undefined ? {} : { principal }) },
      volume: { containerPath, mode: "RW" },
    },
  };
}

function portsOf(resources: Resources): readonly number[] {
  return resources.flatMap((it) =>
    it.kind !== "ranges" || it.name !== "ports"
      ? []
      : it.ranges.flatMap(([begin, end]) =>
          Array.from({ length: end - begin + 1 }, (_port, i) => begin + i),
        ),
  );
}

function reserveOperation(resources: Resources): OfferOperation {
  return { type: "RESERVE", reserve: { resources: writeResources(resources, { refined: true }) } };
}

function unreserveOperation(resources: Resources): OfferOperation {
  return {
    type: "UNRESERVE",
    unreserve: { resources: writeResources(resources, { refined: true }) },
  };
}

function destroyOperation(volumes: Resources): OfferOperation {
  return { type: "DESTROY", destroy: { volumes: writeResources(volumes, { refined: true }) } };
}

function createOperation(volume: MesosResource): OfferOperation {
  return { type: "CREATE", create: { volumes: writeResources([volume], { refined: true }) } };
}
