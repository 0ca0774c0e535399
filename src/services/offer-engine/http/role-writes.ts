import type { MasterCall } from "../../../api/mesos/operator-call.ts";
import type { WeightInfo } from "../../../api/mesos/master-info.ts";
import type { QuotaConfig, QuotaRequest } from "../../../api/mesos/quota.ts";
import {
  type QuotaFacts,
  readQuotaConfigs,
  readQuotaRequest,
  type ReadQuotas,
  type RoleQuota,
} from "../../../domain/mesos/quota-requests.ts";
import { readWeights } from "../../../domain/mesos/weight-requests.ts";
import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";
import { quotaFactsOf } from "../core/quota-world.ts";
import type { RoleWrite } from "../ports.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import { writeConfig } from "./config-writes.ts";
import { textReply } from "./replies.ts";

/** UPDATE_WEIGHTS, UPDATE_QUOTA, SET_QUOTA and REMOVE_QUOTA; undefined for other calls. Answered when in force. */
export function changeRoles(host: EngineHost, call: MasterCall): Promise<HttpReply> | undefined {
  switch (call.type) {
    case "UPDATE_WEIGHTS":
      return updateWeights(host, call.update_weights?.weight_infos ?? []);
    case "UPDATE_QUOTA":
      return updateQuota(
        host,
        call.update_quota?.quota_configs ?? [],
        call.update_quota?.force ?? false,
      );
    case "SET_QUOTA":
      return setQuota(host, call.set_quota?.quota_request ?? {});
    case "REMOVE_QUOTA":
      return removeQuota(host, call.remove_quota?.role ?? "");
    default:
      return undefined;
  }
}

export function updateWeights(host: EngineHost, infos: readonly WeightInfo[]): Promise<HttpReply> {
  return host.changeInTurn(async () => {
    const read = readWeights(infos, host.engine.config.rolesAllowed);
    return read.ok ? writeRoles(host, read.weights) : textReply(400, read.error);
  });
}

function updateQuota(
  host: EngineHost,
  configs: readonly QuotaConfig[],
  force: boolean,
): Promise<HttpReply> {
  return host.changeInTurn(() =>
    writeQuotas(host, readQuotaConfigs(configs, force, factsOf(host))),
  );
}

export function setQuota(host: EngineHost, request: QuotaRequest): Promise<HttpReply> {
  return host.changeInTurn(() => writeQuotas(host, readQuotaRequest(request, factsOf(host))));
}

/** @param where what the text of a refusal calls the request. */
export function removeQuota(host: EngineHost, role: string, where = ""): Promise<HttpReply> {
  return host.changeInTurn(async () =>
    factsOf(host).quotas.has(role)
      ? writeRoles(host, [{ role, quota: "none" }])
      : textReply(400, `Failed to remove quota${where}: Role '${role}' has no quota set`),
  );
}

function factsOf(host: EngineHost): QuotaFacts {
  const { state, config, allocation } = host.engine;
  return quotaFactsOf(state, config, allocation);
}

async function writeQuotas(host: EngineHost, read: ReadQuotas): Promise<HttpReply> {
  if (!read.ok) return textReply(read.status, read.error);
  return writeRoles(host, read.quotas.map(quotaWrite));
}

function quotaWrite({ role, guarantees, limits }: RoleQuota): RoleWrite {
  const isNone =
    Object.keys(limits).length === 0 && Object.values(guarantees).every((milli) => milli === 0);
  return isNone
    ? { role, quota: "none" }
    : { role, quota: { guaranteesMilli: guarantees, limitsMilli: limits } };
}

async function writeRoles(host: EngineHost, writes: readonly RoleWrite[]): Promise<HttpReply> {
  if (writes.length === 0) return textReply(200, "");
  return writeConfig(host, (writer) => writer.writeRoles(writes));
}
