import { expect } from "chai";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { makeClusterConfig, FixedConfigSource } from "../../support/mesos/cluster-config.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { launchOn } from "../../support/mesos/launching.ts";
import { startWritableMaster } from "../../support/mesos/writable-master.ts";
import type { ConfigWriteOutcome } from "../../../src/services/offer-engine/ports.ts";
import { OperatingError } from "../../../src/api/errors/operating-error.ts";

const JSON_HEADERS = { "Content-Type": "application/json" };
const callTo = (port: number, body: Record<string, unknown>): Promise<HttpExchange> =>
  exchange(port, "/api/v1", { headers: JSON_HEADERS, body: JSON.stringify(body) });
const weights = (...weight_infos: { role: string; weight: number }[]) => ({
  type: "UPDATE_WEIGHTS",
  update_weights: { weight_infos },
});
const cpus = (value: number) => ({ cpus: { value } });

describe("weights and quotas through the operator API (MES-14, MES-15)", () => {
  let master: TestMaster;
  const open: { close(): void }[] = [];
  beforeEach(async () => {
    master = await startWritableMaster({ roles: [{ name: "web", weight: 2 }] });
    open.push(await LinkAgent.subscribe(master.port));
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await master.stop();
  });

  const call = (body: Record<string, unknown>): Promise<HttpExchange> => callTo(master.port, body);
  const ok = async (body: Record<string, unknown>): Promise<void> => {
    const { status, body: text } = await call(body);
    expect([status, text]).to.deep.equal([200, ""]);
  };
  const read = async (type: string): Promise<unknown> =>
    (JSON.parse((await call({ type })).body) as Record<string, unknown>)[type.toLowerCase()];
  const legacy = (path: string, method: string, body?: unknown): Promise<HttpExchange> =>
    exchange(master.port, path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it("changes weights, all or nothing (MES-15)", async () => {
    await ok(weights({ role: "web", weight: 1 }, { role: "ml", weight: 2.5 }));
    const changed = {
      weight_infos: [
        { weight: 1, role: "web" },
        { weight: 2.5, role: "ml" },
      ],
    };
    expect(await read("GET_WEIGHTS")).to.deep.equal(changed);
    const refused = await call(weights({ role: "web", weight: 9 }, { role: "ml", weight: 0 }));
    expect([refused.status, refused.body]).to.deep.equal([
      400,
      "Failed to validate update weights request JSON for role 'ml': Invalid weight '0': Weights must be positive",
    ]);
    expect(await read("GET_WEIGHTS")).to.deep.equal(changed);
  });

  it("takes all offers back when the weight of a role with frameworks changes (MES-12)", async () => {
    const scheduler = await SchedulerClient.subscribe(master.port, { roles: ["web"] });
    open.push(scheduler);
    const offer = await scheduler.offer();
    await ok(weights({ role: "web", weight: 3 }));
    const rescind = await scheduler.event((event) => event.rescind !== undefined);
    expect(rescind.rescind?.offer_id).to.deep.equal(offer.id);
  });

  it("sets guarantees and limits, and takes them away (MES-14)", async () => {
    const quota_configs = [{ role: "web", guarantees: cpus(2), limits: cpus(3) }];
    await ok({ type: "UPDATE_QUOTA", update_quota: { quota_configs } });
    expect(await read("GET_QUOTA")).to.deep.equal({ status: { configs: quota_configs } });
    await ok({ type: "UPDATE_QUOTA", update_quota: { quota_configs: [{ role: "web" }] } });
    expect(await read("GET_QUOTA")).to.deep.equal({ status: {} });
  });

  it("refuses guarantees above the pool unless they are forced (MES-14)", async () => {
    const update = { quota_configs: [{ role: "web", guarantees: cpus(5) }] };
    const refused = await call({ type: "UPDATE_QUOTA", update_quota: update });
    expect(refused.status).to.equal(400);
    expect(refused.body).to.equal(
      "Invalid QuotaConfig: total quota guarantees 'cpus:5' exceed cluster capacity " +
        "'cpus:4; disk:1000; mem:4096' (use 'force' flag to bypass this check)",
    );
    await ok({ type: "UPDATE_QUOTA", update_quota: { ...update, force: true } });
  });

  it("counts what tasks use against a new limit, and offers not", async () => {
    const scheduler = await SchedulerClient.subscribe(master.port, { roles: ["web"] });
    open.push(scheduler);
    await scheduler.offer();
    const quota_configs = [{ role: "web", limits: cpus(1) }];
    await ok({ type: "UPDATE_QUOTA", update_quota: { quota_configs } });
    await scheduler.event((event) => event.rescind !== undefined);
  });

  const weightFaults: Record<string, readonly [{ role: string; weight: number }, RegExp]> = {
    "a weight that is not positive": [
      { role: "web", weight: -1 },
      /Invalid weight '-1': Weights must be positive$/,
    ],
    "an invalid role": [
      { role: "-web", weight: 1 },
      /^Failed to validate update weights request JSON: Invalid role '-web': /,
    ],
  };
  for (const [name, [info, text]] of Object.entries(weightFaults)) {
    it(`refuses UPDATE_WEIGHTS of ${name}`, async () => {
      const { status, body } = await call(weights(info));
      expect(status).to.equal(400);
      expect(body).to.match(text);
    });
  }

  const quotaFaults: Record<string, readonly [Record<string, unknown>, string]> = {
    "a nested role": [
      { role: "web/a", limits: cpus(1) },
      "Updating quota on nested role 'web/a' is not supported yet",
    ],
    "an invalid role": [
      { role: ".", limits: cpus(1) },
      "Invalid QuotaConfig: Invalid 'QuotaConfig.role': Role '.' cannot include '.' as a component",
    ],
    "a guarantee above its limit": [
      { role: "web", guarantees: cpus(2), limits: cpus(1) },
      "Invalid QuotaConfig: 'QuotaConfig.guarantees' {'cpus': 2} is not contained within the " +
        "'QuotaConfig.limits' {'cpus': 1}",
    ],
    "more than a quota can hold": [
      { role: "web", limits: cpus(1e13) },
      "Invalid QuotaConfig: Invalid 'QuotaConfig.limits': {'cpus': 10000000000000} is invalid: " +
        "values greater than 1 trillion (1000000000000) are not supported",
    ],
    "a negative value": [
      { role: "web", limits: cpus(-1) },
      "Invalid QuotaConfig: Invalid limit configuration {'cpus': -1}: Negative values not allowed",
    ],
  };
  for (const [name, [config, text]] of Object.entries(quotaFaults)) {
    it(`refuses UPDATE_QUOTA of ${name}`, async () => {
      const answer = await call({
        type: "UPDATE_QUOTA",
        update_quota: { quota_configs: [config] },
      });
      expect([answer.status, answer.body]).to.deep.equal([400, text]);
    });
  }

  it("refuses UPDATE_QUOTA below what is in use unless it is forced", async () => {
    const agent = open[0] as LinkAgent;
    const scheduler = await SchedulerClient.subscribe(master.port, { roles: ["web"] });
    open.push(scheduler);
    await launchOn(agent, scheduler, "t");
    const update = { quota_configs: [{ role: "web", limits: cpus(0.5) }] };
    const refused = await call({ type: "UPDATE_QUOTA", update_quota: update });
    expect([refused.status, refused.body]).to.deep.equal([
      400,
      "Invalid QuotaConfig: Role 'web' is already consuming 'cpus:1; mem:64'; this is more than the " +
        "requested limits 'cpus:0.5' (use 'force' flag to bypass this check)",
    ]);
    await ok({ type: "UPDATE_QUOTA", update_quota: { ...update, force: true } });
  });

  it("answers 409 for a SET_QUOTA above the pool unless it is forced", async () => {
    const guarantee = [{ name: "cpus", type: "SCALAR", scalar: { value: 5 } }];
    const quota_request = { role: "web", guarantee };
    const refused = await call({ type: "SET_QUOTA", set_quota: { quota_request } });
    expect(refused.status).to.equal(409);
    expect(refused.body).to.match(
      /^Quota guarantees overcommit the cluster \(use 'force' to bypass this check\): /,
    );
    await ok({
      type: "SET_QUOTA",
      set_quota: { quota_request: { ...quota_request, force: true } },
    });
  });

  it("sets and removes quota of the older form (MES-14)", async () => {
    const guarantee = [{ name: "cpus", type: "SCALAR", scalar: { value: 1 } }];
    const set = { type: "SET_QUOTA", set_quota: { quota_request: { role: "web", guarantee } } };
    await ok(set);
    expect(await read("GET_QUOTA")).to.deep.equal({
      status: {
        infos: [{ role: "web", guarantee }],
        configs: [{ role: "web", guarantees: cpus(1), limits: cpus(1) }],
      },
    });
    expect((await call(set)).body).to.equal(
      "Failed to validate set quota request: Cannot set quota for role 'web' which already has quota",
    );
    const remove = { type: "REMOVE_QUOTA", remove_quota: { role: "web" } };
    await ok(remove);
    const again = await call(remove);
    expect([again.status, again.body]).to.deep.equal([
      400,
      "Failed to remove quota: Role 'web' has no quota set",
    ]);
  });

  it("keeps what was changed for the master that comes after (HA-05)", async () => {
    await ok(weights({ role: "ml", weight: 4 }));
    const quota_configs = [{ role: "web", guarantees: {}, limits: cpus(3) }];
    await ok({ type: "UPDATE_QUOTA", update_quota: { quota_configs } });
    await master.stop();
    for (const one of open.splice(0)) one.close();
    master = await startWritableMaster({ roles: [{ name: "web", weight: 2 }] }, master.registry);
    expect(await read("GET_WEIGHTS")).to.deep.equal({
      weight_infos: [
        { weight: 2, role: "web" },
        { weight: 4, role: "ml" },
      ],
    });
    expect(await read("GET_QUOTA")).to.deep.equal({
      status: { configs: [{ role: "web", limits: cpus(3) }] },
    });
  });

  it("is changed by the endpoints before /api/v1 too", async () => {
    const put = await legacy("/master/weights", "PUT", [{ role: "web", weight: 7 }]);
    expect([put.status, put.body]).to.deep.equal([200, ""]);
    const get = await legacy("/weights", "GET");
    expect(JSON.parse(get.body)).to.deep.equal([{ role: "web", weight: 7 }]);
    const guarantee = [{ name: "cpus", type: "SCALAR", scalar: { value: 1 } }];
    expect((await legacy("/quota", "POST", { role: "web", guarantee })).status).to.equal(200);
    const quota = JSON.parse((await legacy("/quota", "GET")).body) as { infos: unknown[] };
    expect(quota.infos).to.deep.equal([{ role: "web", guarantee }]);
    expect((await legacy("/quota/web", "DELETE")).status).to.equal(200);
    const again = await legacy("/quota/web", "DELETE");
    expect([again.status, again.body]).to.deep.equal([
      400,
      "Failed to remove quota for path '/quota/web': Role 'web' has no quota set",
    ]);
  });

  const refusals: Record<string, readonly [string, string, unknown, number, string]> = {
    "weights that are no list": [
      "/weights",
      "PUT",
      {},
      400,
      "Failed to parse update weights request JSON ('{}'): expected an array",
    ],
    "another method than a write's": [
      "/weights",
      "POST",
      [],
      405,
      "405 Method Not Allowed. Expecting one of { 'GET', 'PUT' }, but received 'POST'.",
    ],
    "a removal of what is no role": [
      "/quota/%zz",
      "DELETE",
      undefined,
      400,
      "Failed to remove quota for path '/quota/%zz': Role '%zz' has no quota set",
    ],
    "a removal without role": [
      "/quota",
      "DELETE",
      undefined,
      400,
      "Failed to parse remove quota request for path '/quota': expected 3 tokens, found 2 tokens",
    ],
  };
  for (const [name, [path, method, body, status, text]] of Object.entries(refusals)) {
    it(`refuses ${name}`, async () => {
      const answer = await legacy(path, method, body);
      expect([answer.status, answer.body]).to.deep.equal([status, text]);
    });
  }
});

describe("weights and quotas of a cluster that names its roles (MES-14, MES-15)", () => {
  let master: TestMaster;
  beforeEach(async () => {
    master = await startWritableMaster({ rolesAllowed: ["web"] });
  });
  afterEach(() => master.stop());

  it("refuses UPDATE_WEIGHTS of a role off the whitelist", async () => {
    const { status, body } = await callTo(master.port, weights({ role: "ml", weight: 2 }));
    expect([status, body]).to.deep.equal([
      400,
      "Failed to validate update weights request JSON: Unknown role 'ml'",
    ]);
  });

  it("refuses UPDATE_QUOTA of a role off the whitelist", async () => {
    const quota_configs = [{ role: "ml", limits: cpus(1) }];
    const { status, body } = await callTo(master.port, {
      type: "UPDATE_QUOTA",
      update_quota: { quota_configs },
    });
    expect([status, body]).to.deep.equal([
      400,
      "Invalid QuotaConfig: 'ml' is not on the roles whitelist",
    ]);
  });
});

describe("weights and quotas that somebody else manages (MES-14, MES-15)", () => {
  const outcomes: Record<string, { given: ConfigWriteOutcome | Error; want: [number, string] }> = {
    "another manager": {
      given: {
        kind: "managedElsewhere",
        subject: "role 'web'",
        field: "weight",
        manager: "argocd",
      },
      want: [409, "role 'web': weight is managed by 'argocd'; change it there"],
    },
    "values the store does not take": {
      given: { kind: "refused", reason: "no such field" },
      want: [400, "no such field"],
    },
    "a store that cannot be reached": {
      given: new OperatingError("REGISTRY_UNAVAILABLE", "no answer", { hint: "Look." }),
      want: [503, "The change could not be written: no answer. Look."],
    },
  };
  for (const [name, { given, want }] of Object.entries(outcomes)) {
    it(`answers ${want[0]} for ${name}`, async () => {
      const answer = (): Promise<ConfigWriteOutcome> =>
        given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
      const writer = { writeRoles: answer, replaceWindows: answer, releaseMachines: answer };
      const master = await startTestMaster({ parts: { configWriter: () => writer } });
      try {
        const { status, body } = await callTo(master.port, weights({ role: "web", weight: 2 }));
        expect([status, body]).to.deep.equal(want);
      } finally {
        await master.stop();
      }
    });
  }

  it("answers 501 where nothing can be written", async () => {
    const configSource = new FixedConfigSource(makeClusterConfig());
    const master = await startTestMaster({ parts: { configSource } });
    try {
      const { status } = await callTo(master.port, weights({ role: "web", weight: 2 }));
      expect(status).to.equal(501);
    } finally {
      await master.stop();
    }
  });
});
