import { invariant } from "../../../api/invariant.ts";
import type { OfferOperation } from "../../../api/mesos/offer.ts";
import type { Resource } from "../../../api/mesos/resource.ts";
import { normalizeResources } from "../../resources/arithmetic.ts";
import { toMilli } from "../../resources/quantity.ts";
import type { MesosResource, Resources } from "../../resources/resource.ts";
import { readResource } from "../wire-resources.ts";
import { type ResourceOperationType, withOwnBody } from "./operation-body.ts";

/** Resources that change their form: `consumed` become `converted`; quantities stay. */
export interface Conversion {
  readonly consumed: Resources;
  readonly converted: Resources;
}

/**
 * When the result of an operation counts. `now`: for the next operation of the same ACCEPT. `afterCall`: it is assumed to
 * succeed, but only later offers have it. `whenTold`: what it consumes stays taken until the agent says what became of it.
 */
export type OperationTiming = "now" | "afterCall" | "whenTold";

export const TIMING_OF: Readonly<Record<ResourceOperationType, OperationTiming>> = {
  RESERVE: "now",
  UNRESERVE: "now",
  CREATE: "now",
  DESTROY: "now",
  GROW_VOLUME: "afterCall",
  SHRINK_VOLUME: "afterCall",
  CREATE_DISK: "whenTold",
  DESTROY_DISK: "whenTold",
};

/**
 * What a valid operation takes and makes; of operations whose result the agent tells, `converted` is what they take.
 * @see mesos@1.11 src/common/resources_utils.cpp `getResourceConversions`
 */
export function conversionOf(asked: OfferOperation): Conversion {
  const operation = withOwnBody(asked);
  const { reserve, unreserve, create, destroy, grow_volume, shrink_volume } = operation;
  if (reserve !== undefined) {
    const converted = known(reserve.resources);
    const source = known(reserve.source);
    return conversion(source.length > 0 ? source : converted.map(withoutTopLevel), converted);
  }
  if (unreserve !== undefined) {
    const consumed = known(unreserve.resources);
    return conversion(consumed, consumed.map(withoutTopLevel));
  }
  if (create !== undefined) {
    const volumes = known(create.volumes);
    return conversion(volumes.map(withoutVolume), volumes);
  }
  if (destroy !== undefined) {
    const volumes = known(destroy.volumes);
    return conversion(volumes, volumes.map(withoutVolume));
  }
  if (grow_volume !== undefined) {
    const [volume] = known([grow_volume.volume]);
    const [addition] = known([grow_volume.addition]);
    invariant(volume?.kind === "scalar" && addition?.kind === "scalar", "volumes are scalars");
    const grown = { ...volume, milli: volume.milli + addition.milli };
    return conversion([volume, addition], [grown]);
  }
  if (shrink_volume !== undefined) {
    const [volume] = known([shrink_volume.volume]);
    invariant(volume?.kind === "scalar", "volumes are scalars");
    const cutMilli = toMilli(shrink_volume.subtract.value);
    const shrunk = { ...volume, milli: volume.milli - cutMilli };
    return conversion([volume], [shrunk, { ...withoutVolume(volume), milli: cutMilli }]);
  }
  const source = operation.create_disk?.source ?? operation.destroy_disk?.source;
  const taken = known(source === undefined ? [] : [source]);
  return conversion(taken, taken);
}

export function reversed({ consumed, converted }: Conversion): Conversion {
  return { consumed: converted, converted: consumed };
}

function conversion(
  consumed: readonly MesosResource[],
  converted: readonly MesosResource[],
): Conversion {
  return { consumed: normalizeResources(consumed), converted: normalizeResources(converted) };
}

function known(wire: readonly Resource[] | undefined): MesosResource[] {
  return (wire ?? []).map((item) => {
    const resource = readResource(item);
    invariant(typeof resource !== "string", "a valid operation has resources that can be read");
    return resource;
  });
}

/** The reservation below the topmost. */
function withoutTopLevel<T extends MesosResource>(resource: T): T {
  return { ...resource, reservations: resource.reservations.slice(0, -1) };
}

/** The disk a volume is made on. */
export function withoutVolume<T extends MesosResource>(volume: T): T {
  const { disk, shared: _copies, ...rest } = volume;
  const source = disk?.source;
  return { ...rest, ...(source === undefined ? {} : { disk: { source } }) } as T;
}
