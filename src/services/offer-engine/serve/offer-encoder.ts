import { encodeJson, asciiJsonString } from "../../../api/mesos/json-encode.ts";
import { Attribute } from "../../../api/mesos/value.ts";
import { DomainInfo, URL } from "../../../api/mesos/common.ts";
import { Resource } from "../../../api/mesos/resource.ts";
import type { Offer as WireOffer } from "../../../api/mesos/offer.ts";
import type { Agent, Offer } from "../../../domain/mesos/master-state.ts";
import type { MesosResource } from "../../../domain/resources/resource.ts";
import { fromMilli } from "../../../domain/resources/quantity.ts";
import { writeResources } from "../../../domain/mesos/wire-resources.ts";

/** The text parts of an offer that depend on the agent alone. */
interface AgentFragment {
  readonly info: Agent["info"];
  readonly attributes: Agent["attributes"];
  readonly address: string;
  /** `"agent_id":…,"hostname":…` */
  readonly head: string;
  /** `,"attributes":…,"url":…` */
  readonly tail: string;
  readonly domain: string;
}

/**
 * JSON of offers from per-agent fragments: what belongs to the agent is encoded once per change of the agent, an offer
 * adds its ids and resources.
 */
export class OfferEncoder {
  readonly #fragments = new WeakMap<Agent, AgentFragment>();

  encode(offer: Offer): string {
    const { head, tail, domain } = this.#fragment(offer.agent);
    const { framework } = offer;
    const multiRole = framework.capabilities.has("MULTI_ROLE");
    const refined = framework.capabilities.has("RESERVATION_REFINEMENT");
    const allocation = multiRole
      ? `,"allocation_info":{"role":${asciiJsonString(offer.role)}}`
      : "";
    const resources = offer.resources
      .map((resource) =>
        encodeResource(resource, allocation, refined, multiRole ? offer.role : undefined),
      )
      .filter((text) => text !== "")
      .join(",");
    const executors = [...(framework.executors.get(offer.agent.id)?.keys() ?? [])];
    return (
      `{"id":{"value":"${offer.id}"},"framework_id":{"value":${asciiJsonString(framework.id)}},${head}` +
      (resources === "" ? "" : `,"resources":[${resources}]`) +
      (executors.length === 0
        ? ""
        : `,"executor_ids":[${executors.map((id) => `{"value":${asciiJsonString(id)}}`).join(",")}]`) +
      `${tail}${allocation}${domain}}`
    );
  }

  #fragment(agent: Agent): AgentFragment {
    const cached = this.#fragments.get(agent);
    if (
      cached?.info === agent.info &&
      cached.attributes === agent.attributes &&
      cached.address === agent.address
    ) {
      return cached;
    }
    const attributes = agent.attributes.map((attribute) => encodeJson(Attribute, attribute));
    const domain = agent.info.domain;
    const fragment: AgentFragment = {
      info: agent.info,
      attributes: agent.attributes,
      address: agent.address,
      head: `"agent_id":{"value":"${agent.id}"},"hostname":${asciiJsonString(agent.hostname)}`,
      tail:
        (attributes.length === 0 ? "" : `,"attributes":[${attributes.join(",")}]`) +
        `,"url":${encodeJson(URL, agentUrl(agent))}`,
      domain: domain === undefined ? "" : `,"domain":${encodeJson(DomainInfo, domain)}`,
    };
    this.#fragments.set(agent, fragment);
    return fragment;
  }
}

/** The common shapes directly, the rare ones (disks, reservations, sets) through the table. */
function encodeResource(
  resource: MesosResource,
  allocation: string,
  refined: boolean,
  role: string | undefined,
): string {
  const isPlain =
    resource.reservations.length === 0 &&
    resource.disk === undefined &&
    resource.shared === undefined &&
    resource.revocable === undefined &&
    resource.providerId === undefined;
  if (!isPlain || resource.kind === "set") {
    const format = role === undefined ? { refined } : { refined, allocatedTo: role };
    return writeResources([resource], format)
      .map((wire) => encodeJson(Resource, wire))
      .join(",");
  }
  const name = `{"name":${asciiJsonString(resource.name)}`;
  const rest = `${refined ? "" : ',"role":"*"'}${allocation}}`;
  if (resource.kind === "scalar") {
    return `${name},"type":"SCALAR","scalar":{"value":${fromMilli(resource.milli)}}${rest}`;
  }
  const ranges = resource.ranges.map(([begin, end]) => `{"begin":${begin},"end":${end}}`).join(",");
  return `${name},"type":"RANGES","ranges":{"range":[${ranges}]}${rest}`;
}

/** Where the agent's API is; `ip` is always set, clients need it. */
export function agentUrl(agent: Agent): URL {
  return {
    scheme: "http",
    address: { hostname: agent.hostname, ip: agent.address, port: agent.info.port ?? 5051 },
    path: "/slave(1)",
  };
}

/** The message form, for protobuf streams and the operator API. */
export function wireOffer(offer: Offer): WireOffer {
  const { framework, agent } = offer;
  const multiRole = framework.capabilities.has("MULTI_ROLE");
  const refined = framework.capabilities.has("RESERVATION_REFINEMENT");
  const format = multiRole ? { refined, allocatedTo: offer.role } : { refined };
  const executors = [...(framework.executors.get(agent.id)?.keys() ?? [])];
  return {
    id: { value: offer.id },
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    hostname: agent.hostname,
    resources: writeResources(offer.resources, format),
    executor_ids: executors.map((value) => ({ value })),
    attributes: agent.attributes,
    url: agentUrl(agent),
    ...(multiRole ? { allocation_info: { role: offer.role } } : {}),
    ...(agent.info.domain === undefined ? {} : { domain: agent.info.domain }),
  };
}
