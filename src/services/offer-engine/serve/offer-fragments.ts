import { InvariantError } from "../../../api/invariant.ts";
import { asciiJsonString, encodeJson } from "../../../api/mesos/json-encode.ts";
import { DomainInfo, Unavailability, URL } from "../../../api/mesos/common.ts";
import { Attribute } from "../../../api/mesos/value.ts";
import type { Agent } from "../../../domain/mesos/master-state.ts";
import { unavailabilityOf } from "../../../domain/mesos/maintenance/maintenance-requests.ts";
import { NO_RESOURCES } from "../../../domain/resources/arithmetic.ts";
import { fromMilli } from "../../../domain/resources/quantity.ts";
import type { MesosResource, Resources } from "../../../domain/resources/resource.ts";
import { agentUrl } from "../core/agent-profile.ts";
import { asciiBytes } from "./ascii-writer.ts";

/** The parts of an offer's JSON that depend on the agent alone, in ASCII. */
export interface AgentFragment {
  readonly info: Agent["info"];
  readonly attributes: Agent["attributes"];
  readonly address: string;
  readonly unavailability: Agent["unavailability"];
  /** `"agent_id":…,"hostname":…` */
  readonly head: Uint8Array;
  /** `,"attributes":…,"url":…,"unavailability":…` */
  readonly tail: Uint8Array;
  /** `,"domain":…` */
  readonly domain: Uint8Array;
  /** Resources offered there last: mostly the same are offered again. */
  resources: Resources;
  /** See {@link commonTexts}. */
  texts: readonly Uint8Array[] | undefined;
  /** For whom it was put together last, and from the second time in a row the whole of it. */
  bodyFor: string;
  body: Uint8Array | undefined;
}

/** Encodes what belongs to an agent once per change of the agent, and its resources once as long as the same are offered. */
export class OfferFragments {
  readonly #fragments = new WeakMap<Agent, AgentFragment>();

  of(agent: Agent, resources: Resources): AgentFragment {
    const fragment = this.#ofAgent(agent);
    if (fragment.resources !== resources) {
      fragment.resources = resources;
      fragment.texts = commonTexts(resources);
      fragment.bodyFor = "";
    }
    return fragment;
  }

  #ofAgent(agent: Agent): AgentFragment {
    const cached = this.#fragments.get(agent);
    if (
      cached?.info === agent.info &&
      cached.attributes === agent.attributes &&
      cached.address === agent.address &&
      cached.unavailability === agent.unavailability
    ) {
      return cached;
    }
    const fragment = fragmentOf(agent);
    this.#fragments.set(agent, fragment);
    return fragment;
  }
}

function fragmentOf(agent: Agent): AgentFragment {
  const attributes = agent.attributes.map((attribute) => encodeJson(Attribute, attribute));
  const { domain } = agent.info;
  return {
    info: agent.info,
    attributes: agent.attributes,
    address: agent.address,
    unavailability: agent.unavailability,
    head: asciiBytes(
      `"agent_id":{"value":"${agent.id}"},"hostname":${asciiJsonString(agent.hostname)}`,
    ),
    tail: asciiBytes(
      (attributes.length === 0 ? "" : `,"attributes":[${attributes.join(",")}]`) +
        `,"url":${encodeJson(URL, agentUrl(agent))}` +
        unavailabilityText(agent),
    ),
    domain: asciiBytes(domain === undefined ? "" : `,"domain":${encodeJson(DomainInfo, domain)}`),
    resources: NO_RESOURCES,
    texts: [],
    bodyFor: "",
    body: undefined,
  };
}

function unavailabilityText({ unavailability }: Agent): string {
  if (unavailability === undefined) return "";
  return `,"unavailability":${encodeJson(Unavailability, unavailabilityOf(unavailability))}`;
}

/**
 * The resources where all are of the common shapes, else undefined. What comes of role and format goes between them:
 * [first, `,`second, …], each without the brace that ends it.
 */
function commonTexts(resources: Resources): readonly Uint8Array[] | undefined {
  if (!resources.every(isCommon)) return undefined;
  return resources.map((resource, place) =>
    asciiBytes((place === 0 ? "" : ",") + commonText(resource)),
  );
}

function isCommon(resource: MesosResource): boolean {
  return (
    resource.kind !== "set" &&
    resource.reservations.length === 0 &&
    resource.disk === undefined &&
    resource.shared === undefined &&
    resource.revocable === undefined &&
    resource.providerId === undefined
  );
}

function commonText(resource: MesosResource): string {
  const name = `{"name":${asciiJsonString(resource.name)}`;
  switch (resource.kind) {
    case "scalar":
      return `${name},"type":"SCALAR","scalar":{"value":${fromMilli(resource.milli)}}`;
    case "ranges": {
      const ranges = resource.ranges.map(([begin, end]) => `{"begin":${begin},"end":${end}}`);
      return `${name},"type":"RANGES","ranges":{"range":[${ranges.join(",")}]}`;
    }
    case "set":
    default:
      throw new InvariantError("invariant broken: a set is written through the table");
  }
}
