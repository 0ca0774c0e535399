import { formatMilli } from "./quantity.ts";
import { formatRanges } from "./ranges.ts";
import type { Disk, MesosResource, Resources } from "./resource.ts";

/** The text that {@link parseResources} reads back; principals and labels are not in it. */
export function formatResources(resources: Resources): string {
  return resources.map(formatResource).join(";");
}

export function formatResource(resource: MesosResource): string {
  const roles = resource.reservations.map(({ role }) => role).join("|");
  return [
    resource.name,
    roles === "" ? "" : `(${roles})`,
    resource.disk === undefined ? "" : `[${formatDisk(resource.disk)}]`,
    resource.shared === true ? "<SHARED>" : "",
    resource.revocable === true ? "{REV}" : "",
    `:${formatValue(resource)}`,
  ].join("");
}

function formatValue(resource: MesosResource): string {
  switch (resource.kind) {
    case "scalar":
      return formatMilli(resource.milli);
    case "ranges":
      return formatRanges(resource.ranges);
    case "set":
      return `{${resource.items.join(",")}}`;
  }
}

function formatDisk({ source, persistence, volume }: Disk): string {
  const parts: string[] = [];
  if (source !== undefined) {
    const at = source.root ?? source.id;
    parts.push(at === undefined ? source.type : `${source.type}:${at}`);
  }
  if (persistence !== undefined) {
    parts.push(volume === undefined ? persistence.id : `${persistence.id}:${volume.containerPath}`);
  }
  return parts.join(",");
}
