import { expect } from "chai";
import { aclsOf } from "../../support/mesos/acls.ts";
import type { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { MasterInUse } from "../../support/mesos/use-master.ts";

const SINGLE = { roles: [], capabilities: [] };
const constraint = (parts: Record<string, unknown>): Record<string, unknown> => ({
  offer_constraints: { role_constraints: parts },
});

describe("SUBSCRIBE refused by ERROR as the first record of a stream that closes (MES-18)", () => {
  let world: MasterInUse;
  before(async () => {
    const acls = aclsOf({
      permissive: true,
      register_frameworks: [{ principals: { type: "NONE" }, roles: { values: ["closed"] } }],
    });
    world = await MasterInUse.of(
      startTestMaster({
        config: { rolesAllowed: ["a", "closed"], rootSubmissions: false, acls },
      }),
    );
  });
  after(() => world.end());

  const errorOf = async (client: SchedulerClient): Promise<string | undefined> => {
    await client.stream.until(() => client.stream.isEnded || undefined, "end of the stream");
    expect(client.stream.status).to.equal(200);
    expect(client.events().map(({ type }) => type)).to.deep.equal(["ERROR"]);
    return client.events()[0]?.error?.message;
  };

  const faults: Record<
    string,
    readonly [info: Record<string, unknown>, rest: Record<string, unknown>, text: string]
  > = {
    "MULTI_ROLE with role": [
      { role: "a", roles: undefined },
      {},
      "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable",
    ],
    "roles without MULTI_ROLE": [
      { roles: ["a"], capabilities: [] },
      {},
      "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable",
    ],
    "a role twice": [
      { roles: ["a", "a"] },
      {},
      "'FrameworkInfo.roles' contains duplicate items: a, a",
    ],
    "roles with an invalid one": [
      { roles: ["-a"] },
      {},
      "'FrameworkInfo.roles' contains invalid role: Role '-a' cannot have a component that begins with '-'",
    ],
    "an invalid single role": [
      { ...SINGLE, role: "a//b" },
      {},
      "'FrameworkInfo.role' is not a valid role: Role 'a//b' cannot contain two adjacent slashes",
    ],
    "a negative failover_timeout (MES-19)": [
      { failover_timeout: -1 },
      {},
      "The framework failover_timeout (-1) is invalid",
    ],
    "a failover_timeout that no duration holds (MES-19)": [
      { failover_timeout: 1e20 },
      {},
      "The framework failover_timeout (100000000000000000000) is invalid",
    ],
    "a suppressed role that is not subscribed": [
      { roles: ["a"] },
      { suppressed_roles: ["x"] },
      "Suppressed roles { x } are not contained in the set of roles",
    ],
    "constraints of a role that is not subscribed": [
      { roles: ["a"] },
      constraint({ x: {} }),
      "Offer constraints are not valid: Offer constraints specify role 'x' to which the framework is not subscribed",
    ],
    "constraints without group": [
      { roles: ["a"] },
      constraint({ a: { groups: [] } }),
      "Offer constraints are not valid: Empty 'RoleConstraints' for role 'a'",
    ],
    "a role that is not on the whitelist": [
      { roles: ["b"] },
      {},
      "Roles { b } are not present in the master's --roles",
    ],
    "root without root_submissions": [
      { user: "root" },
      {},
      "User 'root' is not allowed to run frameworks without --root_submissions set",
    ],
    "a principal that may not register": [
      { roles: ["closed"] },
      {},
      "Not authorized to register framework  with roles { closed }",
    ],
  };
  for (const [name, [info, rest, text]] of Object.entries(faults)) {
    it(name, async () => {
      expect(await errorOf(await world.framework(info, rest))).to.equal(text);
    });
  }

  it("a known id with another principal", async () => {
    const first = await world.framework({ principal: "p", failover_timeout: 60 });
    const id = { value: await first.frameworkId() };
    const second = await world.framework({ id, principal: "q", failover_timeout: 60 });
    expect(await errorOf(second)).to.equal("Changing framework's principal is not allowed.");
    expect(first.stream.isEnded).to.equal(false);
  });

  it("an id that was removed", async () => {
    const first = await world.framework();
    const id = { value: await first.frameworkId() };
    await first.call({ type: "TEARDOWN" });
    expect(await errorOf(await world.framework({ id }))).to.equal("Framework has been removed");
  });
});

describe("SUBSCRIBE that is let in (MES-18, MES-19)", () => {
  let world: MasterInUse;
  beforeEach(async () => {
    world = await MasterInUse.of(startTestMaster());
  });
  afterEach(() => world.end());

  it("keeps user and checkpoint of a known id, whatever is asked", async () => {
    const first = await world.framework({ user: "u", checkpoint: true, failover_timeout: 60 });
    const id = { value: await first.frameworkId() };
    const second = await world.framework({ id, user: "v", checkpoint: false });
    await second.frameworkId();
    const { frameworks } = JSON.parse((await world.get("/frameworks")).body) as {
      frameworks: Record<string, unknown>[];
    };
    expect(frameworks[0]).to.include({ user: "u", checkpoint: true });
  });

  it("takes an id that it does not know", async () => {
    const client = await world.framework({ id: { value: "my-own" } });
    expect(await client.frameworkId()).to.equal("my-own");
  });

  it("cuts a failover_timeout above the largest of the cluster", async () => {
    const client = await world.framework({ failover_timeout: 1e9 });
    await client.frameworkId();
    const { frameworks } = JSON.parse((await world.get("/frameworks")).body) as {
      frameworks: { failover_timeout: number }[];
    };
    expect(frameworks[0]?.failover_timeout).to.equal(4 * 7 * 24 * 3600);
  });

  it("offers nothing without roles", async () => {
    await world.agent();
    const none = await world.framework({ roles: [] });
    const some = await world.framework({ roles: ["a"] });
    await some.offer();
    expect(none.events().some(({ type }) => type === "OFFERS")).to.equal(false);
  });
});
