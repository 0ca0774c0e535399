import type { OfferOperation } from "../../../api/mesos/offer.ts";
import type { Resource } from "../../../api/mesos/resource.ts";
import { formatResource } from "../../resources/format-resources.ts";
import { isPersistentVolume } from "../../resources/kind.ts";
import type { MesosResource } from "../../resources/resource.ts";
import { readOperands } from "./operand-validation.ts";

/** @see mesos@1.11 src/master/validation.cpp `operation::validate(CreateDisk)` */
export function createDiskFault({
  source,
  target_type,
  target_profile,
}: NonNullable<OfferOperation["create_disk"]>): string | undefined {
  const read = readProvided(source);
  if (typeof read === "string") return read;
  if (read.disk?.source?.type !== "RAW") return "'source' is not a RAW disk resource";
  if (target_type !== "MOUNT" && target_type !== "BLOCK") {
    return "'target_type' is neither MOUNT or BLOCK";
  }
  const hasProfile = read.disk.source.profile !== undefined;
  if (hasProfile !== (target_profile !== undefined)) return undefined;
  return hasProfile
    ? "'target_profile' must not be set when 'source' has a profile"
    : "'target_profile' must be set when 'source' has no profile";
}

/** @see mesos@1.11 src/master/validation.cpp `operation::validate(DestroyDisk)` */
export function destroyDiskFault({
  source,
}: NonNullable<OfferOperation["destroy_disk"]>): string | undefined {
  const read = readProvided(source);
  if (typeof read === "string") return read;
  const disk = read.disk?.source;
  if (disk === undefined || disk.type === "PATH") {
    return "'source' is neither a MOUNT, BLOCK or RAW disk resource";
  }
  if (disk.id === undefined) return "'source' is not backed by a CSI volume";
  if (!isPersistentVolume(read)) return undefined;
  return (
    `A disk resource containing a persistent volume ${formatResource(read)} cannot be destroyed ` +
    "directly. Please destroy the persistent volume first then destroy the disk resource"
  );
}

/** The disk of a resource provider, or what is wrong with it. */
function readProvided(source: Resource): MesosResource | string {
  const read = readOperands([source], "resource");
  if (!read.ok) return read.error;
  const resource = read.operands[0]?.resource;
  return resource?.providerId === undefined
    ? "'source' is not managed by a resource provider"
    : resource;
}
