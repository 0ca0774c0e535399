import { expect } from "chai";
import { ApiWorld } from "../../support/marathon/api-world.ts";

const APP = { id: "/prod/web", cmd: "sleep 1", instances: 2, labels: { env: "prod" } };
const UID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

interface AppAnswer {
  readonly app: Record<string, unknown> & { readonly version: string };
}

async function deployed(...apps: readonly object[]): Promise<ApiWorld> {
  const world = new ApiWorld();
  for (const app of apps) await world.call("POST", "/v2/apps", app);
  world.settle();
  await world.clock.advance(1_000);
  return world;
}

async function versionOf(world: ApiWorld): Promise<string> {
  return ((await world.call("GET", "/v2/apps/prod/web")).body as AppAnswer).app.version;
}

describe("Marathon calls on apps", () => {
  it("MAR-01 MAR-42 creates: 201 with location, the canonical app, its version and its deployment", async () => {
    const { status, headers, body } = await new ApiWorld().call("POST", "/v2/apps", APP);
    expect(status).to.equal(201);
    expect(headers["Location"]).to.equal("/v2/apps/prod/web");
    const app = body as Record<string, unknown>;
    expect(app).to.include({
      id: "/prod/web",
      version: "2026-03-01T10:00:00.000Z",
      tasksRunning: 0,
    });
    expect(app["deployments"]).to.deep.equal([{ id: headers["Marathon-Deployment-Id"] }]);
    expect(app["portDefinitions"]).to.deep.equal([
      { port: 10_000, name: "default", protocol: "tcp", labels: {} },
    ]);
    expect(headers).to.include({ "X-Frame-Options": "DENY", Expires: "0" });
  });

  it("MAR-04 takes back what it answered as no change (GET, then PUT)", async () => {
    const world = await deployed(APP);
    const before = (await world.call("GET", "/v2/apps/prod/web")).body as AppAnswer;
    const echo = await world.call("PUT", "/v2/apps/prod/web", before.app);
    expect(echo.status, JSON.stringify(echo.body)).to.equal(200);
    expect(echo.headers).to.not.have.property("Marathon-Deployment-Id");
    expect(await versionOf(world)).to.equal(before.app.version);
  });

  it("MAR-03 scales with a new version and the old date of configuration", async () => {
    const world = await deployed(APP);
    const before = await versionOf(world);
    const scaled = await world.call("PATCH", "/v2/apps/prod/web", { instances: 5 });
    expect(scaled.status).to.equal(200);
    const { app } = (await world.call("GET", "/v2/apps/prod/web")).body as AppAnswer;
    expect(app.version).to.not.equal(before);
    expect(app["versionInfo"]).to.deep.equal({
      lastScalingAt: app.version,
      lastConfigChangeAt: before,
    });
  });

  it("MAR-05 creates by PUT and not by PATCH", async () => {
    const world = new ApiWorld();
    expect((await world.call("PATCH", "/v2/apps/new", { cmd: "x" })).status).to.equal(404);
    expect((await world.call("PUT", "/v2/apps/new", { cmd: "x" })).status).to.equal(201);
  });

  it("changes an array in one deployment, and nothing when one of them is wrong", async () => {
    const world = await deployed(APP);
    const wrong = [
      { id: "/prod/web", instances: 9 },
      { id: "/bad", cmd: "x", instances: -1 },
    ];
    expect((await world.call("PUT", "/v2/apps", wrong)).status).to.equal(422);
    expect((await world.call("GET", "/v2/apps")).body).to.have.nested.property(
      "apps[0].instances",
      2,
    );
    const both = [
      { id: "/prod/web", instances: 3 },
      { id: "/new", cmd: "x" },
    ];
    expect((await world.call("PUT", "/v2/apps", both)).status).to.equal(200);
    const deployments = (await world.call("GET", "/v2/deployments")).body as {
      affectedApps: string[];
    }[];
    expect(deployments.map((each) => each.affectedApps)).to.deep.equal([["/new", "/prod/web"]]);
  });

  it("lists by id, label, command and group", async () => {
    const world = await deployed(APP, { id: "/dev/db", cmd: "postgres", labels: { env: "dev" } });
    const ids = async (query: string): Promise<string[]> =>
      ((await world.call("GET", `/v2/apps${query}`)).body as { apps: { id: string }[] }).apps.map(
        ({ id }) => id,
      );
    expect(await ids("/?embed=apps.tasks")).to.deep.equal(["/dev/db", "/prod/web"]);
    expect(await ids("?id=DB")).to.deep.equal(["/dev/db"]);
    expect(await ids("?label=env%3D%3Dprod")).to.deep.equal(["/prod/web"]);
    expect(await ids("?cmd=post")).to.deep.equal(["/dev/db"]);
    const group = (await world.call("GET", "/v2/apps/prod/*")).body as { "*": { id: string }[] };
    expect(group["*"].map(({ id }) => id)).to.deep.equal(["/prod/web"]);
  });

  it("EXT-MAR-03 rolls back to a version, restarts with a new one, and lists them newest first", async () => {
    const world = await deployed(APP);
    const first = await versionOf(world);
    await world.call("PUT", "/v2/apps/prod/web", { cmd: "sleep 2" });
    world.settle();
    await world.clock.advance(1_000);
    await world.call("PUT", "/v2/apps/prod/web", { version: first });
    world.settle();
    const { app } = (await world.call("GET", "/v2/apps/prod/web")).body as AppAnswer;
    expect(app["cmd"]).to.equal("sleep 1");
    await world.clock.advance(1_000);
    expect((await world.call("POST", "/v2/apps/prod/web/restart")).status).to.equal(200);
    world.settle();
    const { versions } = (await world.call("GET", "/v2/apps/prod/web/versions")).body as {
      versions: string[];
    };
    expect(versions).to.have.length(4);
    expect(versions).to.deep.equal(versions.toSorted().toReversed());
  });

  it("EXT-MAR-03 deletes at once, also while a deployment runs", async () => {
    const world = new ApiWorld();
    await world.call("POST", "/v2/apps", APP);
    const { status, headers } = await world.call("DELETE", "/v2/apps/prod/web");
    expect(status).to.equal(200);
    expect(headers).to.have.property("Marathon-Deployment-Id");
    expect((await world.call("GET", "/v2/apps")).body).to.deep.equal({ apps: [] });
  });

  it("shows tasks with Marathon's ids, kills one, and kills with scale through a victim", async () => {
    const world = await deployed(APP);
    world.addPod("prod-web", "prod-web-1", UID);
    const { tasks } = (await world.call("GET", "/v2/apps/prod/web/tasks")).body as {
      tasks: { id: string; state: string; host: string }[];
    };
    expect(tasks[0]).to.include({
      id: `prod_web.instance-${UID}._app.1`,
      state: "TASK_RUNNING",
      host: "192.168.0.1",
    });
    await world.call("DELETE", `/v2/apps/prod/web/tasks/${tasks[0]!.id}`);
    expect(world.store.killed).to.deep.equal(["prod-web-1"]);
    const ids = [`prod_web.${UID}`];
    const scaled = await world.call("POST", "/v2/tasks/delete?scale=true", { ids });
    expect(scaled.status, JSON.stringify(scaled.body)).to.equal(200);
    expect(world.store.victims).to.deep.equal(["prod-web-1"]);
    const { app } = (await world.call("GET", "/v2/apps/prod/web")).body as AppAnswer;
    expect(app["instances"]).to.equal(1);
  });

  it("answers the lines that scripts of old read", async () => {
    const world = await deployed({ ...APP, requirePorts: true, portDefinitions: [{ port: 8080 }] });
    world.addPod("prod-web", "prod-web-1", UID);
    const { body } = await world.call("GET", "/v2/tasks", undefined, { accept: "text/plain" });
    expect(body).to.equal("prod_web\t8080\t192.168.0.1:8080\n");
  });

  it("understands double slashes, trailing slashes and a base path", async () => {
    const world = await deployed(APP);
    for (const url of [
      "/v2/apps//prod/web/",
      "/marathon/v2/apps/prod/web",
      "/service/marathon/v2/apps/prod/web",
    ]) {
      expect((await world.call("GET", url)).status, url).to.equal(200);
    }
  });

  it("gives two changes in one millisecond different versions", async () => {
    const world = new ApiWorld();
    await world.call("POST", "/v2/apps", APP);
    const first = await versionOf(world);
    await world.call("PUT", "/v2/apps/prod/web?force=true", { cmd: "sleep 9" });
    expect(await versionOf(world)).to.not.equal(first);
  });

  it("keeps the deployment in the list until the operator has rolled it out", async () => {
    const world = new ApiWorld();
    const created = await world.call("POST", "/v2/apps", APP);
    const running = (await world.call("GET", "/v2/deployments")).body as {
      id: string;
      steps: unknown;
    }[];
    expect(running[0]?.id).to.equal(created.headers["Marathon-Deployment-Id"]);
    expect(running[0]?.steps).to.deep.equal([
      { actions: [{ action: "StartApplication", app: "/prod/web" }] },
      { actions: [{ action: "ScaleApplication", app: "/prod/web" }] },
    ]);
    world.settle();
    expect((await world.call("GET", "/v2/deployments")).body).to.deep.equal([]);
  });
});
