import { expect } from "chai";
import type { Acls } from "../../../../src/domain/authorization/acls.ts";
import { NO_RATE_LIMITS, type RateLimits } from "../../../../src/domain/rate-limits/rate-limits.ts";
import type { Authenticator, Verdict } from "../../../../src/runtime/ports/authenticator.ts";
import type { HttpAnswer, HttpRequest } from "../../../../src/runtime/ports/http-exchange.ts";
import type { Realm } from "../../../../src/services/offer-engine/http/authentication.ts";
import { Door, type Serve } from "../../../../src/services/offer-engine/http/door.ts";
import { RateLimiter } from "../../../../src/services/offer-engine/http/rate-limiter.ts";
import { textReply } from "../../../../src/services/offer-engine/http/replies.ts";
import { makeRequest } from "../../../support/http-request.ts";
import { aclsOf } from "../../../support/mesos/acls.ts";
import { RecordingAuditLog } from "../../../support/recording-audit-log.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const REALM = "mesos-master-readwrite";
const OK: Serve = () => textReply(200, "");

function raise(error: Error): never {
  throw error;
}

describe("the door of the master", () => {
  let clock: VirtualClock;
  let audit: RecordingAuditLog;
  let verdict: Verdict | Promise<Verdict>;
  let limits: RateLimits;
  let acls: Acls | undefined;
  let door: Door;
  const method = (name: string, verify: () => Verdict | Promise<Verdict>): Authenticator => ({
    challenge: (realm) => `${name} realm="${realm}"`,
    verify,
  });

  beforeEach(() => {
    clock = new VirtualClock();
    audit = new RecordingAuditLog();
    limits = NO_RATE_LIMITS;
    acls = undefined;
    verdict = { kind: "known", principal: { value: "ops", claims: {}, groups: ["admins"] } };
    const methods = [method("One", () => ({ kind: "absent" })), method("Two", () => verdict)];
    door = new Door({
      authentication: { isRequired: () => true, methods: () => methods },
      acls: () => acls,
      limiter: new RateLimiter(() => limits, clock),
      audit,
    });
  });

  const admit = async (
    serve: Serve = OK,
    request: HttpRequest = makeRequest(),
    realm: Realm = REALM,
  ): Promise<HttpAnswer> => door.admit(request, realm, serve);
  const principalSeen = async (): Promise<string | undefined> => {
    let seen: string | undefined;
    await admit((visit) => {
      seen = visit.principal;
      return textReply(200, "");
    });
    return seen;
  };

  it("tells whom the first method knows that finds its credentials (SEC-01)", async () => {
    expect(await principalSeen()).to.equal("ops");
    verdict = Promise.resolve(verdict);
    expect(await principalSeen()).to.equal("ops");
  });

  it("offers every method by a header of its own (SEC-01)", async () => {
    for (const kind of ["absent", "refused"] as const) {
      verdict = { kind };
      const answer = await admit();
      expect(answer.status).to.equal(401);
      expect(answer.headers).to.deep.equal({
        "WWW-Authenticate": [`One realm="${REALM}"`, `Two realm="${REALM}"`],
      });
    }
  });

  it("refuses a principal that has claims and no value, with Mesos' words (MES-21)", async () => {
    verdict = {
      kind: "known",
      principal: { value: undefined, claims: { fid: "1" }, groups: [] },
    };
    expect(await admit()).to.deep.include({
      status: 403,
      body:
        "The request's authenticated principal contains claims, but no value string. " +
        "The master currently requires that principals have a value",
    });
  });

  it("asks for the next step of a method in several steps", async () => {
    verdict = { kind: "challenged", challenge: "Two sid=1" };
    expect(await admit()).to.deep.include({
      status: 401,
      headers: { "WWW-Authenticate": ["Two sid=1"] },
    });
  });

  it("says when to come again", async () => {
    verdict = { kind: "throttled", retryAfterMs: 11_001 };
    expect(await admit()).to.deep.include({ status: 429, headers: { "Retry-After": "12" } });
    verdict = { kind: "unavailable", retryAfterMs: 10 };
    expect((await admit()).status).to.equal(503);
  });

  it("adds what the method tells the client to replies and streams", async () => {
    verdict = {
      kind: "known",
      principal: { value: "ops", claims: {}, groups: [] },
      headers: { "Authentication-Info": "sid=1" },
    };
    expect((await admit()).headers).to.include({ "Authentication-Info": "sid=1" });
    const stream = await admit(() => ({
      kind: "stream",
      status: 200,
      headers: {},
      open: () => ({ onClosed: () => undefined }),
    }));
    expect(stream.headers).to.include({ "Authentication-Info": "sid=1" });
  });

  it("limits calls by principal, and lets agents be heard (MES-21)", async () => {
    limits = { principals: { ops: { qps: 1, capacity: 2 } }, aggregateDefault: undefined };
    const statuses = async (realm?: Realm): Promise<number[]> => [
      (await admit(OK, makeRequest(), realm)).status,
      (await admit(OK, makeRequest(), realm)).status,
      (await admit(OK, makeRequest(), realm)).status,
    ];
    expect(await statuses()).to.deep.equal([200, 200, 429]);
    expect((await admit()).headers).to.deep.equal({ "Retry-After": "1" });
    expect(await statuses("mesos-master-agent")).to.deep.equal([200, 200, 200]);
    await clock.advance(1000);
    expect(await statuses()).to.deep.equal([200, 429, 429]);
    limits = { ...limits };
    expect(await statuses()).to.deep.equal([200, 200, 429]);
  });

  it("writes down every change with who, what and how it ended, and nothing of questions (SEC-19)", async () => {
    await admit();
    for (const status of [200, 403, 409]) {
      await admit((visit) => {
        visit.changes("TEARDOWN", "frameworks/f1");
        return textReply(status, "");
      });
    }
    await admit((visit) => {
      visit.changes("SUBSCRIBE", "frameworks/f1");
      visit.deny();
      return textReply(200, "");
    });
    expect(audit.lines()).to.deep.equal([
      "ops TEARDOWN frameworks/f1 200 done",
      "ops TEARDOWN frameworks/f1 403 denied",
      "ops TEARDOWN frameworks/f1 409 failed",
      "ops SUBSCRIBE frameworks/f1 200 denied",
    ]);
    expect(audit.entries[0]).to.deep.include({ sourceIp: "10.0.0.9", groups: ["admins"] });
  });

  for (const [when, fail] of [
    ["at once", (error: Error): HttpAnswer => raise(error)],
    ["later", (error: Error): Promise<HttpAnswer> => Promise.reject(error)],
  ] as const) {
    it(`writes down a change whose answer fails ${when} (SEC-19)`, async () => {
      const broken = new Error("broken");
      const serve: Serve = (visit) => {
        visit.changes("TEARDOWN", "frameworks/f1");
        return fail(broken);
      };
      expect(await admit(serve).catch((error: unknown) => error)).to.equal(broken);
      expect(audit.lines()).to.deep.equal(["ops TEARDOWN frameworks/f1 500 failed"]);
    });
  }

  it("writes down wrong credentials, not absent ones", async () => {
    verdict = { kind: "absent" };
    await admit();
    verdict = { kind: "refused", name: "ops" };
    await admit();
    expect(audit.lines()).to.deep.equal(["ops AUTHENTICATE /api/v1 401 denied"]);
  });

  it("asks the ACLs that hold when the call comes (SEC-05)", async () => {
    const may = async (): Promise<boolean> => {
      let answer = false;
      await admit((visit) => {
        answer = visit.mayDo("drain_agents");
        return textReply(200, "");
      });
      return answer;
    };
    expect(await may()).to.equal(true);
    acls = aclsOf({ permissive: false });
    expect(await may()).to.equal(false);
    acls = aclsOf({ drain_agents: [{ principals: { values: ["ops"] }, agents: { type: "ANY" } }] });
    expect(await may()).to.equal(true);
  });

  it("keeps the calls of a stream in order while callers are looked up (MESOS-10023)", async () => {
    const slow = Promise.withResolvers<Verdict>();
    const request = makeRequest({ "Mesos-Stream-Id": "s1" });
    const served: string[] = [];
    const serve =
      (name: string): Serve =>
      () => {
        served.push(name);
        return textReply(202, "");
      };
    const known = verdict;
    verdict = slow.promise;
    const first = admit(serve("first"), request);
    verdict = known;
    const second = admit(serve("second"), request);
    if (known instanceof Promise) throw new Error("expected a verdict");
    slow.resolve(known);
    await Promise.all([first, second]);
    expect(served).to.deep.equal(["first", "second"]);
  });
});
