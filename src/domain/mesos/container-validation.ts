import type { ContainerInfo } from "../../api/mesos/container.ts";
import type { Volume } from "../../api/mesos/volume.ts";

/** @see mesos@1.11 src/common/validation.cpp `validateContainerInfo`, `validateVolume` */
export function containerFault(container: ContainerInfo): string | undefined {
  for (const volume of container.volumes ?? []) {
    const fault = volumeFault(volume);
    if (fault !== undefined) return `Invalid volume: ${fault}`;
  }
  if (container.type === "DOCKER" && container.docker === undefined) {
    return "DockerInfo 'docker' is not set for DOCKER typed ContainerInfo";
  }
  for (const network of container.network_infos ?? []) {
    if ((network.port_mappings ?? []).length > 0 && network.name === undefined) {
      return "Network name must be set when port mappings are specified";
    }
  }
  return undefined;
}

function volumeFault(volume: Volume): string | undefined {
  if (volume.container_path === "") return "'container_path' must not be empty";
  const origins = [volume.image, volume.host_path, volume.source].filter((it) => it !== undefined);
  if (origins.length !== 1) {
    return "Only one of them should be set: 'host_path', 'image' and 'source'";
  }
  const source = volume.source;
  if (source === undefined) return undefined;
  switch (source.type) {
    case undefined:
      return "'source.type' is not set or not known";
    case "DOCKER_VOLUME":
      return source.docker_volume
        ? undefined
        : "'source.docker_volume' is not set for DOCKER_VOLUME volume";
    case "HOST_PATH":
      return source.host_path ? undefined : "'source.host_path' is not set for HOST_PATH volume";
    case "SANDBOX_PATH":
      return sandboxPathFault(source.sandbox_path);
    case "SECRET":
      return source.secret ? undefined : "'source.secret' is not set for SECRET volume";
    case "CSI_VOLUME":
      break;
  }
  return undefined;
}

function sandboxPathFault(
  sandbox: NonNullable<Volume["source"]>["sandbox_path"],
): string | undefined {
  if (sandbox === undefined) return "'source.sandbox_path' is not set for SANDBOX_PATH volume";
  if (sandbox.type === undefined) return "'sandbox_path.type' is not set or not known";
  if (sandbox.path.split("/").includes("..")) {
    return "'sandbox_path.path' must not contain '..'";
  }
  return undefined;
}
