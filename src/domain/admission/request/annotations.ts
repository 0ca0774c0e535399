import type { ConstraintTuple } from "../../../api/marathon/app.ts";
import { parseConstraint } from "../../marathon/constraints/constraint.ts";
import {
  ACCEPTED_ROLES_ANNOTATION,
  CONSTRAINTS_ANNOTATION,
  DYNAMIC_PORTS_ANNOTATION,
  KILL_SELECTION_ANNOTATION,
} from "../names.ts";

type Annotations = Readonly<Record<string, string>>;

/** An annotation that cannot be followed; the reason is that of the event on the pod. */
export interface PodFault {
  readonly reason:
    "InvalidRole" | "InvalidAcceptedRoles" | "InvalidDynamicPorts" | "InvalidConstraints";
  readonly message: string;
}

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: PodFault };

export type AcceptedRoles = "unreserved" | "reserved" | "both";
export type KillSelection = "YOUNGEST_FIRST" | "OLDEST_FIRST";

/** More host ports than one pod can have a use for; what is above is a slip of the pen. */
const DYNAMIC_PORTS_MAX = 1000;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** `["*"]` = unreserved only, `[role]` = reserved only, both or absent = no preference. */
export function readAcceptedRoles(annotations: Annotations, role: string): Read<AcceptedRoles> {
  const text = annotations[ACCEPTED_ROLES_ANNOTATION];
  if (text === undefined) return { ok: true, value: "both" };
  const roles = parseJson(text);
  const refuse = (message: string): Read<AcceptedRoles> => ({
    ok: false,
    fault: { reason: "InvalidAcceptedRoles", message },
  });
  if (!isTexts(roles)) return refuse(`${ACCEPTED_ROLES_ANNOTATION} is no JSON list of roles`);
  const foreign = roles.find((one) => one !== "*" && one !== role);
  if (foreign !== undefined) return refuse(`role '${foreign}' is not the pod's role '${role}'`);
  const anyRole = roles.includes("*");
  const ownRole = roles.includes(role) && role !== "*";
  if (anyRole === ownRole) return { ok: true, value: "both" };
  return { ok: true, value: anyRole ? "unreserved" : "reserved" };
}

export function readDynamicPorts(annotations: Annotations): Read<number> {
  const text = annotations[DYNAMIC_PORTS_ANNOTATION];
  if (text === undefined) return { ok: true, value: 0 };
  const count = /^\d+$/.test(text) ? Number(text) : undefined;
  if (count === undefined || count > DYNAMIC_PORTS_MAX) {
    const message = `${DYNAMIC_PORTS_ANNOTATION} must be a number from 0 to ${DYNAMIC_PORTS_MAX}`;
    return { ok: false, fault: { reason: "InvalidDynamicPorts", message } };
  }
  return { ok: true, value: count };
}

export function readConstraints(annotations: Annotations): Read<readonly ConstraintTuple[]> {
  const text = annotations[CONSTRAINTS_ANNOTATION];
  if (text === undefined) return { ok: true, value: [] };
  const tuples = parseJson(text);
  const refuse = (message: string): Read<readonly ConstraintTuple[]> => ({
    ok: false,
    fault: { reason: "InvalidConstraints", message },
  });
  if (!Array.isArray(tuples) || !tuples.every(isTexts)) {
    return refuse(`${CONSTRAINTS_ANNOTATION} is no JSON list of constraints`);
  }
  const unknown = tuples.find((tuple) => parseConstraint(tuple) === undefined);
  return unknown === undefined
    ? { ok: true, value: tuples }
    : refuse(`constraint ${JSON.stringify(unknown)} has no operator that exists`);
}

/** Anything but Marathon's two words is left to Kubernetes' own choice of victims. */
export function readKillSelection(annotations: Annotations): KillSelection | undefined {
  const text = annotations[KILL_SELECTION_ANNOTATION];
  return text === "YOUNGEST_FIRST" || text === "OLDEST_FIRST" ? text : undefined;
}
