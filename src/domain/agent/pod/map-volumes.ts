import type { Volume } from "../../../api/mesos/volume.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";
import type { VolumeManifest, VolumeMount } from "./pod-manifest.ts";
import { type PodRules, SANDBOX_PATH, SANDBOX_VOLUME } from "./pod-rules.ts";

export interface MappedVolume {
  readonly mount: VolumeMount;
  /** Absent: a folder of the sandbox. */
  readonly volume?: VolumeManifest;
}

/** A task's volume as a Pod volume and its mount. `index` makes names unique; `sandboxSubPath` is the task's own folder. */
export function mapVolume(
  volume: Volume,
  index: number,
  sandboxSubPath: string,
  rules: PodRules,
): Mapped<MappedVolume> {
  const field = `container.volumes[${index}]`;
  const name = `volume-${index}`;
  const mountPath = volume.container_path.startsWith("/")
    ? volume.container_path
    : `${SANDBOX_PATH}/${volume.container_path}`;
  const base = { name, mountPath, ...(volume.mode === "RO" ? { readOnly: true as const } : {}) };
  if (volume.image !== undefined) return refused(`${field}.image`, "image volumes are not served");
  if (volume.source === undefined) {
    if (volume.host_path === undefined) {
      return refused(`${field}.host_path`, "a volume needs a host_path or a source", "error");
    }
    return mapHostPath(volume.host_path, `${field}.host_path`, base, sandboxSubPath, rules);
  }
  const { source } = volume;
  switch (source.type) {
    case "HOST_PATH": {
      const propagation = source.host_path?.mount_propagation?.mode;
      const mount: VolumeMount = {
        ...base,
        ...(propagation === "HOST_TO_CONTAINER" ? { mountPropagation: "HostToContainer" } : {}),
        ...(propagation === "BIDIRECTIONAL" ? { mountPropagation: "Bidirectional" } : {}),
      };
      const path = source.host_path?.path ?? "";
      return mapHostPath(path, `${field}.source.host_path.path`, mount, sandboxSubPath, rules);
    }
    case "SANDBOX_PATH":
      return mapSandboxPath(
        source.sandbox_path,
        `${field}.source.sandbox_path`,
        base,
        sandboxSubPath,
      );
    case "SECRET": {
      const reference = source.secret?.reference;
      if (reference === undefined) {
        return refused(`${field}.source.secret`, "only a REFERENCE to a Secret is served");
      }
      const items =
        reference.key === undefined ? {} : { items: [{ key: reference.key, path: reference.key }] };
      return mapped({
        mount: { ...base, readOnly: true },
        volume: { name, secret: { secretName: reference.name, ...items } },
      });
    }
    case "DOCKER_VOLUME":
      return mapped({
        mount: base,
        volume: { name, persistentVolumeClaim: { claimName: source.docker_volume?.name ?? "" } },
      });
    case "CSI_VOLUME":
      return refused(`${field}.source.csi_volume`, "CSI volumes are not served by this version");
    case undefined:
    default:
      return refused(`${field}.source.type`, "the source of the volume has no type", "error");
  }
}

function mapHostPath(
  path: string,
  field: string,
  mount: VolumeMount,
  sandboxSubPath: string,
  rules: PodRules,
): Mapped<MappedVolume> {
  if (!path.startsWith("/")) return folderOf(path, field, mount, sandboxSubPath);
  if (path.split("/").includes("..") || !isAllowed(path, rules.hostPathVolumes)) {
    return refused(field, `${path} is outside of --host_path_volumes`);
  }
  return mapped({ mount, volume: { name: mount.name, hostPath: { path } } });
}

function mapSandboxPath(
  source: { readonly type?: "SELF" | "PARENT"; readonly path: string } | undefined,
  field: string,
  mount: VolumeMount,
  sandboxSubPath: string,
): Mapped<MappedVolume> {
  if (source === undefined) return refused(field, "the path is missing", "error");
  return folderOf(
    source.path,
    `${field}.path`,
    mount,
    source.type === "PARENT" ? "" : sandboxSubPath,
  );
}

function folderOf(
  path: string,
  field: string,
  mount: VolumeMount,
  sandboxSubPath: string,
): Mapped<MappedVolume> {
  if (path === "" || path.startsWith("/") || path.split("/").includes("..")) {
    return refused(field, `${path} leaves the sandbox`, "error");
  }
  const subPath = sandboxSubPath === "" ? path : `${sandboxSubPath}/${path}`;
  return mapped({ mount: { ...mount, name: SANDBOX_VOLUME, subPath } });
}

function isAllowed(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    const folder = prefix.endsWith("/") ? prefix : `${prefix}/`;
    return path === prefix || path.startsWith(folder);
  });
}
