import type { ContainerInfo } from "../../../api/mesos/container.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";
import type { SecurityContext } from "./pod-manifest.ts";
import type { PodRules } from "./pod-rules.ts";

/** Capabilities, seccomp and privilege of a task's container. */
export function mapSecurity(
  container: ContainerInfo | undefined,
  rules: PodRules,
): Mapped<SecurityContext> {
  const linux = container?.linux_info;
  if (container?.docker?.privileged === true) {
    return rules.allowPrivileged
      ? mapped({ privileged: true })
      : refused("container.docker.privileged", "privileged containers are not allowed here");
  }
  const effective =
    linux?.effective_capabilities ?? linux?.capability_info ?? linux?.bounding_capabilities;
  const seccomp = linux?.seccomp;
  const profile =
    seccomp?.unconfined === true
      ? ({ type: "Unconfined" } as const)
      : seccomp?.profile_name !== undefined
        ? ({ type: "Localhost", localhostProfile: seccomp.profile_name } as const)
        : ({ type: "RuntimeDefault" } as const);
  return mapped({
    ...(effective === undefined
      ? {}
      : { capabilities: { drop: ["ALL"], add: effective.capabilities ?? [] } }),
    seccompProfile: profile,
  });
}
