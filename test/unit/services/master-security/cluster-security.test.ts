import { expect } from "chai";
import {
  MesosClusterSpec,
  type MesosClusterSpecInput,
} from "../../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { mayDo } from "../../../../src/domain/authorization/may-do.ts";
import type { Authenticator } from "../../../../src/runtime/ports/authenticator.ts";
import { secretMethods } from "../../../../src/services/http-authentication/secret-methods.ts";
import { ClusterSecurity } from "../../../../src/services/master-security/cluster-security.ts";
import type {
  SecuritySettings,
  SettingsSource,
} from "../../../../src/services/master-security/ports.ts";
import { basic, makeRequest } from "../../../support/http-request.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

/** Settings that a test changes. */
class Settings implements SettingsSource {
  readonly #subscribers = new Set<() => void>();
  #spec: MesosClusterSpec;

  constructor(input: MesosClusterSpecInput) {
    this.#spec = MesosClusterSpec.parse(input);
  }

  current(): SecuritySettings {
    return { security: this.#spec.security, flags: this.#spec.masters.flags };
  }

  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  }

  set(input: MesosClusterSpecInput): void {
    this.#spec = MesosClusterSpec.parse(input);
    for (const changed of this.#subscribers) changed();
  }
}

const TOKENS: Authenticator = {
  challenge: () => "Bearer",
  verify: () => ({ kind: "absent" }),
};
const DENY_DRAIN = { drain_agents: [{ principals: { type: "NONE" }, agents: { type: "ANY" } }] };

describe("ClusterSecurity", () => {
  let clock: VirtualClock;
  let logger: RecordingLogger;
  let texts: Map<string, string>;
  let settings: Settings;
  let security: ClusterSecurity;

  const open = async (spec: MesosClusterSpecInput): Promise<void> => {
    settings = new Settings(spec);
    const source = (name: string) => ({ name, read: () => Promise.resolve(texts.get(name)) });
    security = new ClusterSecurity({
      settings,
      texts: { credentials: source, acls: ({ name, key }) => source(`${name}/${key}`) },
      secretMethods: (credentials) =>
        secretMethods(credentials, { clock, random: new SeededRandom(1) }),
      tokenMethod: TOKENS,
      clock,
      logger,
    });
    await security.start();
  };
  const required = (extra: object = {}): MesosClusterSpecInput => ({
    security: {
      authentication: { mode: "Required", credentialsSecretRef: { name: "people" } },
      ...extra,
    },
  });
  const verdict = async (name: string, secret: string): Promise<string | undefined> => {
    const [method] = security.methods();
    return (await method?.verify(makeRequest(basic(name, secret)), "r"))?.kind;
  };
  const mayDrain = (): boolean => mayDo(security.acls.current(), "ops", "drain_agents");

  beforeEach(() => {
    clock = new VirtualClock();
    logger = new RecordingLogger();
    texts = new Map([["people", "ops:secret"]]);
  });
  afterEach(() => security.stop());

  it("asks all realms with mode Required and none with None, but for what flags say (SEC-01)", async () => {
    const realms = ["readonly", "readwrite", "scheduler", "agent"];
    const asked = (): string[] =>
      realms.filter((realm) => security.isRequired(`mesos-master-${realm}`));
    await open({});
    expect(asked()).to.deep.equal([]);
    settings.set(required());
    expect(asked()).to.deep.equal(realms);
    const flags = { authenticate_http_readonly: "false" };
    settings.set({ ...required(), masters: { flags } });
    expect(asked()).to.deep.equal(["readwrite", "scheduler", "agent"]);
    settings.set({ masters: { flags: { authenticate_http_frameworks: "true" } } });
    expect(asked()).to.deep.equal(["scheduler"]);
  });

  it("offers the methods that are asked for", async () => {
    const offered = (): string[] => security.methods().map((method) => method.challenge("r"));
    await open({});
    expect(offered()).to.deep.equal(["Bearer"]);
    settings.set(required());
    expect(offered()).to.deep.equal(['Basic realm="r"', 'SCRAM-SHA-256 realm="r"', "Bearer"]);
    settings.set({
      security: {
        authentication: {
          credentialsSecretRef: { name: "people" },
          serviceAccountTokens: false,
        },
      },
    });
    expect(offered()).to.have.length(2);
  });

  it("follows the Secret as it is rotated, and keeps the credentials when it is broken or gone (SEC-01)", async () => {
    await open(required());
    expect(await verdict("ops", "secret")).to.equal("known");
    texts.set("people", "ops:rotated");
    await clock.advance(10_000);
    expect(await verdict("ops", "secret")).to.equal("refused");
    expect(await verdict("ops", "rotated")).to.equal("known");
    texts.set("people", "hunter2");
    await clock.advance(10_000);
    texts.delete("people");
    await clock.advance(10_000);
    expect(await verdict("ops", "rotated")).to.equal("known");
    expect(JSON.stringify(logger.lines)).not.to.include("hunter2");
    expect(logger.lines.map(({ name }) => name)).to.deep.equal(["people", "people"]);
  });

  it("lets nobody in by a Secret that is not there, and counts the one before until another is read", async () => {
    texts.clear();
    await open(required());
    expect(await verdict("ops", "secret")).to.equal("refused");
    texts.set("people", "ops:secret");
    await clock.advance(10_000);
    expect(await verdict("ops", "secret")).to.equal("known");
    settings.set({
      security: {
        authentication: { mode: "Required", credentialsSecretRef: { name: "others" } },
      },
    });
    await clock.settle();
    expect(await verdict("ops", "secret")).to.equal("known");
    texts.set("others", "dev:secret");
    await clock.advance(10_000);
    expect(await verdict("ops", "secret")).to.equal("refused");
    expect(await verdict("dev", "secret")).to.equal("known");
  });

  it("takes ACLs from the object as they change; wrong ones are refused and those that run stay (SEC-05)", async () => {
    await open({ security: { authorization: { acls: DENY_DRAIN } } });
    expect(mayDrain()).to.equal(false);
    let changes = 0;
    security.acls.subscribe(() => (changes += 1));
    settings.set({ security: { authorization: { acls: { drain_agent: [] } } } });
    await clock.settle();
    expect([mayDrain(), changes]).to.deep.equal([false, 0]);
    expect((logger.lines[0]?.error as Error).message).to.equal(
      "spec.security.authorization.acls.drain_agent: unknown action",
    );
    settings.set({ security: { authorization: { acls: {} } } });
    await clock.settle();
    expect([mayDrain(), changes]).to.deep.equal([true, 1]);
    settings.set({});
    await clock.settle();
    expect(security.acls.current()).to.equal(undefined);
  });

  it("takes ACLs from a ConfigMap and follows it (SEC-05)", async () => {
    const spec = { security: { authorization: { aclsConfigMapRef: { name: "acls" } } } };
    texts.set("acls/acls.json", JSON.stringify(DENY_DRAIN));
    await open(spec);
    expect(mayDrain()).to.equal(false);
    texts.set("acls/acls.json", "{}");
    await clock.advance(10_000);
    expect(mayDrain()).to.equal(true);
    texts.set("acls/acls.json", '{"drain_agents": {}}');
    await clock.advance(10_000);
    expect(mayDrain()).to.equal(true);
    expect((logger.lines[0]?.error as Error).message).to.equal(
      "acls.drain_agents: must be a list of entries",
    );
  });

  it("begins with ACLs that cannot be read by allowing nothing (SEC-05)", async () => {
    await open({ security: { authorization: { aclsConfigMapRef: { name: "acls" } } } });
    expect(mayDrain()).to.equal(false);
    security.stop();
    await open({ security: { authorization: { acls: { nonsense: [] } } } });
    expect(mayDrain()).to.equal(false);
  });

  it("gives rate limits by principal and for all others, the same until they change (MES-21)", async () => {
    await open({
      security: {
        principals: [{ name: "marathon", qps: 10, capacity: 100 }, { name: "trusted" }],
        rateLimitDefault: { qps: 2.5 },
      },
    });
    const limits = security.rateLimits();
    expect(limits).to.deep.equal({
      principals: { marathon: { qps: 10, capacity: 100 }, trusted: undefined },
      aggregateDefault: { qps: 2.5, capacity: 3 },
    });
    expect(security.rateLimits()).to.equal(limits);
    settings.set({});
    expect(security.rateLimits()).to.deep.equal({ principals: {}, aggregateDefault: undefined });
  });
});
