import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { mayDo } from "../../../src/domain/authorization/may-do.ts";
import { PromMeter } from "../../../src/adapters/metrics/prom-meter.ts";
import {
  openStandaloneSecurity,
  type StandaloneSecurity,
} from "../../../src/processes/master/compose-security.ts";
import { parseMasterConfig } from "../../../src/processes/master/config.ts";
import { openParts } from "../../../src/processes/run-process.ts";
import { until } from "../../cluster/host/until.ts";
import { basic, makeRequest } from "../../support/http-request.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const DENY_DRAIN = { drain_agents: [{ principals: { type: "NONE" }, agents: { type: "ANY" } }] };
const SEEN_MAX_MS = 5_000;

describe("the security of a standalone master, by flags and files", () => {
  let folder: string;
  let clock: VirtualClock;
  let logger: RecordingLogger;
  const opened: StandaloneSecurity[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "standalone-"));
    clock = new VirtualClock();
    logger = new RecordingLogger();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) one.stop();
    await rm(folder, { recursive: true });
  });

  const file = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const open = async (flags: Record<string, unknown>): Promise<StandaloneSecurity> => {
    const config = parseMasterConfig(
      { standalone: true, ...flags },
      { POD_NAME: "m", POD_IP: "127.0.0.1" },
    );
    const parts = { ...openParts("master", "error"), clock, logger };
    const security = await openStandaloneSecurity({
      ...parts,
      config,
      meter: new PromMeter({ defaults: false }),
    });
    opened.push(security);
    return security;
  };
  const refusal = async (flags: Record<string, unknown>): Promise<string> => {
    try {
      await open(flags);
    } catch (error) {
      if (isOperatingError(error, "CONFIG_INVALID")) return error.message;
      throw error;
    }
    return "";
  };

  it("asks for nothing unless it is told to", async () => {
    const { authentication, acls, rateLimits } = await open({});
    expect(authentication.isRequired("mesos-master-readwrite")).to.equal(false);
    expect(authentication.methods()).to.deep.equal([]);
    expect(acls.current()).to.equal(undefined);
    expect(rateLimits()).to.deep.equal({ principals: {}, aggregateDefault: undefined });
  });

  it("refuses what it cannot read, by the flag", async () => {
    const lines = await file("lines", "no colon");
    const limits = await file("limits", '{"limits": [{"principal": "a", "qps": 0}]}');
    expect(await refusal({ httpCredentials: join(folder, "none") })).to.match(
      /^--http-credentials: .*none cannot be read$/,
    );
    expect(await refusal({ httpCredentials: lines })).to.equal(
      "--http-credentials: line 1 is not principal:secret",
    );
    expect(await refusal({ acls: '{"drain": []}' })).to.equal("--acls: acls.drain: unknown action");
    expect(await refusal({ rateLimits: `file://${limits}` })).to.equal(
      "--rate-limits: limits[0].qps: must be a number above 0",
    );
  });

  it("refuses to ask for credentials that nobody has", async () => {
    expect(await refusal({ authenticateHttpReadonly: true })).to.equal(
      "--http-credentials: credentials are asked for",
    );
  });

  it("follows its files", async () => {
    const credentials = await file("credentials", "ops:first");
    const acls = await file("acls", JSON.stringify(DENY_DRAIN));
    const security = await open({
      httpCredentials: credentials,
      authenticateHttpReadwrite: true,
      acls,
      rateLimits: '{"aggregate_default_qps": 5}',
    });
    const { authentication } = security;
    expect(authentication.isRequired("mesos-master-readwrite")).to.equal(true);
    expect(authentication.isRequired("mesos-master-readonly")).to.equal(false);
    expect(security.rateLimits().aggregateDefault).to.deep.equal({ qps: 5, capacity: 5 });
    const knows = async (secret: string): Promise<boolean> => {
      const [method] = authentication.methods();
      const verdict = await method?.verify(makeRequest(basic("ops", secret)), "r");
      return verdict?.kind === "known";
    };
    const mayDrain = (): boolean => mayDo(security.acls.current(), "ops", "drain_agents");
    expect([await knows("first"), mayDrain()]).to.deep.equal([true, false]);
    await file("credentials", "ops:second");
    await file("acls", "{}");
    await clock.advance(10_000);
    await until("both", async () => mayDrain() && (await knows("second")), {
      timeoutMs: SEEN_MAX_MS,
      intervalMs: 10,
    });
    await file("acls", '{"drain": []}');
    await clock.advance(10_000);
    await until("a complaint", () => logger.lines.length > 0, { timeoutMs: SEEN_MAX_MS });
    expect(mayDrain()).to.equal(true);
    expect((logger.lines[0]?.error as Error).message).to.equal("acls.drain: unknown action");
  });
});
