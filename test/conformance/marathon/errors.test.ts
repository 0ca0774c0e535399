import { expect } from "chai";
import { ApiWorld, type WireAnswer } from "../../support/marathon/api-world.ts";

const APP = { id: "/x", cmd: "sleep 1" };

interface ErrorCase {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  /** Apps that are stored and rolled out before the call. */
  readonly stored?: readonly object[];
  /** Stored, and still being rolled out. */
  readonly deploying?: readonly object[];
  readonly status: number;
  readonly answer: unknown;
}

const LOCKED =
  "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.";

/** Spec/marathon.md 2.1, row by row: clients parse these bodies. */
const cases: Readonly<Record<string, ErrorCase>> = {
  "wrong type": {
    method: "POST",
    url: "/v2/apps",
    body: { id: 7, cmd: "x" },
    status: 422,
    answer: {
      message: "Invalid JSON",
      details: [{ path: "/id", errors: ["error.expected.jsstring"] }],
    },
  },
  "missing key": {
    method: "POST",
    url: "/v2/apps",
    body: { cmd: "x" },
    status: 422,
    answer: {
      message: "Invalid JSON",
      details: [{ path: "/id", errors: ["error.path.missing"] }],
    },
  },
  "a broken rule, with an index in brackets": {
    method: "POST",
    url: "/v2/apps",
    body: { ...APP, constraints: [["hostname", "UNIQUE", "x"]] },
    status: 422,
    answer: {
      message: "Object is not valid",
      details: [{ path: "/constraints(0)", errors: ["UNIQUE does not accept a value"] }],
    },
  },
  "an app that exists, without key deployments": {
    method: "POST",
    url: "/v2/apps",
    body: APP,
    stored: [APP],
    status: 409,
    answer: { message: "An app with id [/x] already exists." },
  },
  "an unknown app": {
    method: "GET",
    url: "/v2/apps/x",
    status: 404,
    answer: { message: "App '/x' does not exist" },
  },
  "PATCH of an unknown app": {
    method: "PATCH",
    url: "/v2/apps/x",
    body: { instances: 2 },
    status: 404,
    answer: { message: "App '/x' does not exist" },
  },
  "an unknown version": {
    method: "GET",
    url: "/v2/apps/x/versions/2001-01-01T00:00:00.000Z",
    stored: [APP],
    status: 404,
    answer: { message: "App '/x' does not exist in version 2001-01-01T00:00:00.000Z" },
  },
  "a rollback to an unknown version": {
    method: "PUT",
    url: "/v2/apps/x",
    body: { version: "2001-01-01T00:00:00.000Z" },
    stored: [APP],
    status: 404,
    answer: { message: "App '/x' does not exist in version 2001-01-01T00:00:00.000Z" },
  },
  "an unknown task": {
    method: "DELETE",
    url: "/v2/apps/x/tasks/x.instance-1",
    stored: [APP],
    status: 404,
    answer: { message: "Task 'x.instance-1' does not exist" },
  },
  "an unknown deployment": {
    method: "DELETE",
    url: "/v2/deployments/1",
    status: 404,
    answer: { message: "DeploymentPlan 1 does not exist" },
  },
  "an unknown group": {
    method: "GET",
    url: "/v2/groups/g",
    status: 404,
    answer: { message: "Group '/g' does not exist" },
  },
  "nothing of the app in the queue": {
    method: "DELETE",
    url: "/v2/queue/x/delay",
    status: 404,
    answer: { message: "Application /x not found in tasks queue." },
  },
  "scale and wipe": {
    method: "DELETE",
    url: "/v2/apps/x/tasks?scale=true&wipe=True",
    stored: [APP],
    status: 400,
    answer: { message: "You cannot use scale and wipe at the same time." },
  },
  "an invalid task id": {
    method: "POST",
    url: "/v2/tasks/delete",
    body: { ids: ["nonsense"] },
    status: 400,
    answer: { message: "Invalid task id 'nonsense'." },
  },
  "an unknown URL": {
    method: "GET",
    url: "/v2/nonsense",
    status: 404,
    answer: { message: "URI not found" },
  },
  "an unparsable selector": {
    method: "GET",
    url: "/v2/apps?label=foo%20test",
    status: 422,
    answer: {
      message: "Can not parse label selector foo test. Reason: end of input expected before 'test'",
    },
  },
};

async function prepared(given: ErrorCase): Promise<ApiWorld> {
  const world = new ApiWorld();
  for (const app of given.stored ?? []) await world.call("POST", "/v2/apps", app);
  world.settle();
  for (const app of given.deploying ?? []) await world.call("POST", "/v2/apps", app);
  return world;
}

describe("Marathon error answers", () => {
  for (const [name, given] of Object.entries(cases)) {
    it(`${name} is ${given.status}, word for word`, async () => {
      const world = await prepared(given);
      const { status, body } = await world.call(given.method, given.url, given.body);
      expect({ status, body }).to.deep.equal({ status: given.status, body: given.answer });
    });
  }

  it("is 400 with the parser's text for a body that is no JSON", async () => {
    const { status, body } = await new ApiWorld().call("POST", "/v2/apps", "{");
    expect(status).to.equal(400);
    expect(body).to.include({ message: "Invalid JSON" });
    expect((body as { details: unknown }).details).to.be.a("string");
  });

  it("is 400 for an empty body", async () => {
    const { status, body } = await new ApiWorld().call("POST", "/v2/apps", "");
    expect(status).to.equal(400);
    expect(body).to.include({ message: "Please specify data in JSON format" });
  });

  it("is 409 with the deployment's id while the app is being changed, unless forced", async () => {
    const world = await prepared({ ...cases["an unknown app"]!, deploying: [APP] });
    const locked = await world.call("PUT", "/v2/apps/x", { instances: 3 });
    expect(locked.status).to.equal(409);
    const { message, deployments } = locked.body as { message: string; deployments: object[] };
    expect(message).to.equal(LOCKED);
    expect(deployments).to.have.length(1);
    const forced: WireAnswer = await world.call("PUT", "/v2/apps/x?force=True", { instances: 3 });
    expect(forced.status).to.equal(200);
  });

  it("is 403 when too many deployments run", async () => {
    const world = new ApiWorld({ deploymentsMax: 1 });
    await world.call("POST", "/v2/apps", APP);
    const { status, body } = await world.call("POST", "/v2/apps", { ...APP, id: "/y" });
    expect(status).to.equal(403);
    expect(body).to.deep.equal({
      message:
        "Max number (1) of running deployments is achieved. Wait for existing deployments to complete or cancel one using force=true parameter.",
    });
  });

  it("is 401 without the credentials that are asked for", async () => {
    const world = new ApiWorld({ credentials: "me:secret" });
    const refused = await world.call("GET", "/v2/apps");
    expect(refused.status).to.equal(401);
    expect(refused.body).to.deep.equal({ message: "Invalid username or password." });
    const authorization = `Basic ${Buffer.from("me:secret").toString("base64")}`;
    expect((await world.call("GET", "/v2/apps", undefined, { authorization })).status).to.equal(
      200,
    );
  });

  it("is 422 for an unknown key with strict, and a warning without", async () => {
    const body = { ...APP, nonsense: 1 };
    const strict = await new ApiWorld({ strict: true }).call("POST", "/v2/apps", body);
    expect(strict.status).to.equal(422);
    expect(strict.body).to.deep.equal({
      message: "Object is not valid",
      details: [{ path: "/nonsense", errors: ["is not a known field"] }],
    });
    const lenient = await new ApiWorld().call("POST", "/v2/apps", body);
    expect(lenient.status).to.equal(201);
    expect(lenient.headers["X-Marathon-Warning"]).to.contain("/nonsense");
  });

  it("is 422 when the service ports are used up", async () => {
    const world = new ApiWorld({ servicePorts: { min: 10_000, max: 10_001 } });
    expect((await world.call("POST", "/v2/apps", APP)).status).to.equal(201);
    const { status, body } = await world.call("POST", "/v2/apps", { ...APP, id: "/y" });
    expect(status).to.equal(422);
    expect(body).to.deep.equal({
      message: "All ports in the range [10000-10001) are already in use",
    });
  });

  it("says 501 for what a later release brings", async () => {
    const { status, body } = await new ApiWorld().call("POST", "/v2/pods", {});
    expect(status).to.equal(501);
    expect((body as { message: string }).message).to.contain("docs/status.md");
  });
});
