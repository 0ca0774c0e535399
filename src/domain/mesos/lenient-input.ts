import type { MessageType } from "../../api/mesos/schema.ts";
import { parseResources } from "../resources/parse-resources.ts";
import { writeResources } from "./wire-resources.ts";

type RawObject = Readonly<Record<string, unknown>>;

/**
 * What `compat.lenientInput` reads beyond the real form (spec/mesos.md 2): ids as bare strings, FrameworkInfo without
 * user, resources as text or as an object, scalars as numbers, `network` of a Docker container beside `docker`.
 */
export function normalizeLenient(type: MessageType<unknown>, raw: unknown): unknown {
  if (typeof raw === "string" && isIdMessage(type)) return { value: raw };
  if (typeof raw === "number" && type.name === "Value.Scalar") return { value: raw };
  if (!isObject(raw)) return raw;
  const withResources = type.byName.has("resources") ? normalizeResources(raw) : raw;
  switch (type.name) {
    case "FrameworkInfo":
      return withResources["user"] === undefined || withResources["user"] === null
        ? { ...withResources, user: "nobody" }
        : withResources;
    case "ContainerInfo":
      return normalizeDockerNetwork(withResources);
    default:
      return withResources;
  }
}

function isIdMessage(type: MessageType<unknown>): boolean {
  return type.name.endsWith("ID") && type.byName.has("value");
}

function isObject(raw: unknown): raw is RawObject {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}

function normalizeResources(raw: RawObject): RawObject {
  const given = raw["resources"];
  if (typeof given === "string") {
    const parsed = parseResources(given);
    // A bad text stays as it is: the decoder names the field.
    return parsed.ok
      ? { ...raw, resources: writeResources(parsed.resources, { refined: false }) }
      : raw;
  }
  // A lone resource has a name; an object of quantities has names as its keys.
  if (isObject(given) && given["name"] === undefined) {
    const resources = Object.entries(given).map(([name, value]) => ({
      name,
      type: "SCALAR",
      scalar: { value },
    }));
    return { ...raw, resources };
  }
  return raw;
}

function normalizeDockerNetwork(raw: RawObject): RawObject {
  const docker = raw["docker"];
  if (raw["network"] === undefined || !isObject(docker) || docker["network"] !== undefined) {
    return raw;
  }
  return { ...raw, docker: { ...docker, network: raw["network"] } };
}
