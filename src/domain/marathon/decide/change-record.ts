import { z } from "zod";
import { nextVersion } from "../app/timestamp.ts";
import { sha1Hex } from "../app/sha1.ts";

const Versions = z.object({
  /** Changes with everything, scaling included. */
  version: z.string(),
  lastConfigChangeAt: z.string(),
  lastScalingAt: z.string(),
  configHash: z.string(),
  instances: z.int(),
  deploymentId: z.string(),
  /** What the API did; absent when a person wrote the object. */
  kind: z.enum(["start", "scale", "restart"]).optional(),
  /** Version annotation of the Pods, where it is not `lastConfigChangeAt` (an adopted edit). */
  templateVersion: z.string().optional(),
  /** What MARATHON_APP_DOCKER_IMAGE says, where it is not the image (an adopted `set image`). */
  imageVariable: z.string().optional(),
});

/**
 * Who made the app what it is: on the MarathonApp the API's or an adoption's last change, on the Rollout what was applied
 * last. A person's `kubectl apply` leaves no record; it gets one when it is applied.
 */
export type ChangeRecord = z.output<typeof Versions>;

const Applied = Versions.extend({
  /** Hash of the rendered Pod template: a live one that differs although this is ours was edited by somebody else. */
  templateHash: z.string(),
  /** How constraints are enforced, kept for the whole life of a configuration. */
  placement: z.enum(["none", "native", "pinned"]),
});
export type AppliedRecord = z.output<typeof Applied>;

function parse<S extends z.ZodType>(schema: S, text: string | undefined): z.output<S> | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The record of an annotation; an unreadable one counts as none. */
export function parseChange(text: string | undefined): ChangeRecord | undefined {
  return parse(Versions, text);
}

export function parseApplied(text: string | undefined): AppliedRecord | undefined {
  return parse(Applied, text);
}

/** A UUID that follows from the text, for changes that nobody gave an id. */
export function derivedUuid(text: string): string {
  const hex = sha1Hex(text);
  const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

export interface VersionInput {
  readonly uid: string;
  readonly configHash: string;
  readonly instances: number;
  readonly change: ChangeRecord | undefined;
  readonly applied: AppliedRecord | undefined;
  readonly nowMs: number;
}

/** The change is for what is wanted now, and nothing newer has been applied since. */
function isCurrent(change: ChangeRecord, input: VersionInput): boolean {
  return (
    change.configHash === input.configHash &&
    change.instances === input.instances &&
    (input.applied === undefined || change.version >= input.applied.version)
  );
}

/**
 * The versions of what is wanted. In order: the API's record, if it is of this configuration and not overtaken; what was
 * applied, if nothing changed; a new scaling; a new configuration. The last two happen now: somebody edited the object
 * itself, and the time of observation is the version.
 */
export function resolveVersions(input: VersionInput): ChangeRecord {
  const { change, applied, configHash, instances, nowMs } = input;
  if (change && isCurrent(change, input)) return change;
  if (applied?.configHash === configHash && applied.instances === instances) {
    const { templateHash: _hash, placement: _placement, ...versions } = applied;
    return versions;
  }
  const version = nextVersion(nowMs, applied?.version);
  const deploymentId = derivedUuid(`${input.uid} ${version}`);
  if (applied?.configHash === configHash) {
    const { templateHash: _hash, placement: _placement, ...versions } = applied;
    return { ...versions, version, lastScalingAt: version, instances, deploymentId };
  }
  return {
    version,
    lastConfigChangeAt: version,
    lastScalingAt: version,
    configHash,
    instances,
    deploymentId,
  };
}
