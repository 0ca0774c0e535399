import type { ContainerInfo } from "../../../api/mesos/container.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";
import type { PodRules } from "./pod-rules.ts";

export interface PodImage {
  readonly image: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent";
  /** Name of the Secret that holds the registry credentials. */
  readonly pullSecret?: string;
}

/** The image of a task, the default one where it names none. */
export function mapImage(container: ContainerInfo | undefined, rules: PodRules): Mapped<PodImage> {
  if (container?.docker !== undefined) {
    return mapped({
      image: withRegistry(container.docker.image, rules.dockerRegistry),
      imagePullPolicy: container.docker.force_pull_image === true ? "Always" : "IfNotPresent",
    });
  }
  const image = container?.mesos?.image;
  if (image === undefined) {
    return container?.type === "DOCKER"
      ? refused("container.docker", "a DOCKER container needs an image", "error")
      : mapped({ image: rules.defaultTaskImage, imagePullPolicy: "IfNotPresent" });
  }
  if (image.type === "APPC") {
    return refused("container.mesos.image.appc", "APPC images are not served; use DOCKER", "error");
  }
  if (image.docker === undefined) {
    return refused("container.mesos.image.docker", "an image needs a name", "error");
  }
  const config = image.docker.config;
  if (config !== undefined && config.reference === undefined) {
    return refused(
      "container.mesos.image.docker.config",
      "only a REFERENCE to a Secret of type kubernetes.io/dockerconfigjson is served",
    );
  }
  return mapped({
    image: withRegistry(image.docker.name, rules.dockerRegistry),
    imagePullPolicy: image.cached === false ? "Always" : "IfNotPresent",
    ...(config?.reference === undefined ? {} : { pullSecret: config.reference.name }),
  });
}

/** `alpine` → `registry/alpine`; a name whose first part is a host (`.`, `:` or localhost) stays. */
export function withRegistry(name: string, registry: string | undefined): string {
  const first = name.split("/")[0] ?? "";
  const hasHost = name.includes("/") && (/[.:]/.test(first) || first === "localhost");
  return registry === undefined || hasHost ? name : `${registry.replace(/\/$/, "")}/${name}`;
}
