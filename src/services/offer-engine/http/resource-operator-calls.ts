import { asId, type AgentId } from "../../../api/ids/ids.ts";
import { decodeJson } from "../../../api/mesos/json-decode.ts";
import type { OfferOperation } from "../../../api/mesos/offer.ts";
import type { MasterCall } from "../../../api/mesos/operator-call.ts";
import { Resource } from "../../../api/mesos/resource.ts";
import { permissionsOfOperation } from "../../../domain/authorization/resource-permissions.ts";
import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import { textReply } from "./replies.ts";
import type { Visit } from "./visit.ts";

/** RESERVE_, UNRESERVE_RESOURCES, CREATE_, DESTROY_VOLUMES, GROW_, SHRINK_VOLUME; undefined for other calls. */
export function operateResources(
  host: EngineHost,
  call: MasterCall,
  principal: string | undefined,
): Promise<HttpReply> | undefined {
  const order = orderOf(call);
  return order === undefined
    ? undefined
    : operate(host, order.agentId?.value, order.operation, principal);
}

interface Order {
  readonly agentId: { readonly value: string } | undefined;
  readonly operation: OfferOperation;
}

function orderOf(call: MasterCall): Order | undefined {
  const { reserve_resources: reserve, unreserve_resources: unreserve } = call;
  const { create_volumes: create, destroy_volumes: destroy } = call;
  const { grow_volume: grow, shrink_volume: shrink } = call;
  switch (call.type) {
    case "RESERVE_RESOURCES":
      return order(reserve?.agent_id, {
        type: "RESERVE",
        reserve: { resources: reserve?.resources ?? [], source: reserve?.source ?? [] },
      });
    case "UNRESERVE_RESOURCES":
      return order(unreserve?.agent_id, {
        type: "UNRESERVE",
        unreserve: { resources: unreserve?.resources ?? [] },
      });
    case "CREATE_VOLUMES":
      return order(create?.agent_id, {
        type: "CREATE",
        create: { volumes: create?.volumes ?? [] },
      });
    case "DESTROY_VOLUMES":
      return order(destroy?.agent_id, {
        type: "DESTROY",
        destroy: { volumes: destroy?.volumes ?? [] },
      });
    case "GROW_VOLUME":
      return order(grow?.agent_id, {
        type: "GROW_VOLUME",
        ...(grow && { grow_volume: { volume: grow.volume, addition: grow.addition } }),
      });
    case "SHRINK_VOLUME":
      return order(shrink?.agent_id, {
        type: "SHRINK_VOLUME",
        ...(shrink && { shrink_volume: { volume: shrink.volume, subtract: shrink.subtract } }),
      });
    default:
      return undefined;
  }
}

function order(agentId: Order["agentId"], operation: OfferOperation): Order {
  return { agentId, operation };
}

async function operate(
  host: EngineHost,
  agentId: string | undefined,
  operation: OfferOperation,
  principal: string | undefined,
): Promise<HttpReply> {
  const answer = await host.operate({
    agentId: asId<AgentId>(agentId ?? ""),
    operation,
    principal,
  });
  switch (answer.kind) {
    case "accepted":
      return textReply(202, "");
    case "invalid":
      return textReply(400, answer.message);
    case "taken":
      return textReply(409, answer.message);
  }
}

interface Form {
  /** The call of the operator API that it stands for. */
  readonly call: string;
  /** Name of the list in the form. */
  readonly list: string;
  readonly operation: (of: Resource[]) => OfferOperation;
}

/** The legacy endpoints that operate on resources. */
const FORMS: Readonly<Record<string, Form>> = {
  "/reserve": {
    call: "RESERVE_RESOURCES",
    list: "resources",
    operation: (resources) => ({ type: "RESERVE", reserve: { resources } }),
  },
  "/unreserve": {
    call: "UNRESERVE_RESOURCES",
    list: "resources",
    operation: (resources) => ({ type: "UNRESERVE", unreserve: { resources } }),
  },
  "/create-volumes": {
    call: "CREATE_VOLUMES",
    list: "volumes",
    operation: (volumes) => ({ type: "CREATE", create: { volumes } }),
  },
  "/destroy-volumes": {
    call: "DESTROY_VOLUMES",
    list: "volumes",
    operation: (volumes) => ({ type: "DESTROY", destroy: { volumes } }),
  },
};

export function isResourceForm(path: string): boolean {
  return Object.hasOwn(FORMS, path);
}

/** `slaveId=…&resources=[…]`, or `volumes=[…]`: answered as the call of the operator API. */
export function operateByForm(
  host: EngineHost,
  path: string,
  form: URLSearchParams,
  visit: Visit,
): Promise<HttpReply> | HttpReply {
  const endpoint = FORMS[path];
  if (endpoint === undefined) return textReply(404, "");
  const agentId = form.get("slaveId");
  if (agentId === null) return missing("slaveId");
  const text = form.get(endpoint.list);
  if (text === null) return missing(endpoint.list);
  const resources = parseResourceList(text);
  if (typeof resources === "string") {
    const fault = `Error in parsing '${endpoint.list}' query parameter in the request body: `;
    return textReply(400, fault + resources);
  }
  const operation = endpoint.operation(resources);
  visit.changes(endpoint.call, `agents/${agentId}`);
  return (
    visit.refusal(permissionsOfOperation(operation)) ??
    operate(host, agentId, operation, visit.principal)
  );
}

function missing(name: string): HttpReply {
  return textReply(400, `Missing '${name}' query parameter in the request body`);
}

/** The resources of JSON text, or what is wrong with it. */
function parseResourceList(text: string): Resource[] | string {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!Array.isArray(raw)) return "expected a list";
  const resources: Resource[] = [];
  for (const item of raw) {
    const decoded = decodeJson(Resource, item);
    if (!decoded.ok) return decoded.error;
    resources.push(decoded.value);
  }
  return resources;
}
