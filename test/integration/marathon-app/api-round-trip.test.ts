import { expect } from "chai";
import { gzipCodec } from "../../../src/adapters/version-codec/gzip-codec.ts";
import { startHttpServer, type HttpServerHandle } from "../../../src/adapters/http/http-server.ts";
import { NORMALIZE_DEFAULTS } from "../../../src/domain/marathon/normalize/normalize-config.ts";
import { FEATURES } from "../../../src/domain/marathon/rules/rule-context.ts";
import { Informers } from "../../../src/runtime/informer/informers.ts";
import { AppDirectory } from "../../../src/services/marathon-api/app-directory.ts";
import { apiCaches } from "../../../src/services/marathon-api/caches.ts";
import { KubeAppStore } from "../../../src/services/marathon-api/kube-app-store.ts";
import { MarathonApi } from "../../../src/services/marathon-api/marathon-api.ts";
import { useCluster } from "../../support/cluster.ts";
import { AppWorld } from "../../support/marathon/app-world.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

describe("Marathon API over MarathonApps", function () {
  this.timeout(120_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  const stop = new AbortController();
  let world: AppWorld;
  let server: HttpServerHandle;

  before(async function () {
    this.timeout(300_000);
    world = await AppWorld.start((await cluster()).kubeconfigPath);
    const { clock, random, logger, meter } = world.kube;
    const { kube } = world.marathon;
    const informers = new Informers({ reader: kube, clock, random, logger, meter });
    const caches = apiCaches(informers, world.namespace);
    const directory = new AppDirectory(caches, gzipCodec, new Set([world.namespace]));
    await informers.start(stop.signal);
    const store = new KubeAppStore({ kube, clock, directory });
    const settings = {
      normalize: NORMALIZE_DEFAULTS,
      features: new Set(FEATURES),
      servicePorts: { min: 10_000, max: 20_000 },
      namespace: world.namespace,
      groupNamespaces: {},
      strict: false,
      deploymentsMax: 100,
      requestsMax: 100,
      address: "http://marathon:8080",
      info: { httpPort: 8080, hostname: "marathon" },
    };
    const api = new MarathonApi({ directory, store, clock, random, logger, settings });
    server = await startHttpServer({ handler: api, logger, host: "127.0.0.1", port: 0 });
  });
  after(async () => {
    await server.close();
    stop.abort();
    await world.stop();
  });

  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { "content-type": "application/json" },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  }

  async function untilDeployed(): Promise<void> {
    await world.until("no deployment runs", async () => {
      const { body } = await call("GET", "/v2/deployments");
      return (body as unknown as unknown[]).length === 0;
    });
  }

  async function runningTasks(id: string): Promise<string[]> {
    const { body } = await call("GET", `/v2/apps${id}/tasks`);
    const tasks = body["tasks"] as { id: string; state: string }[];
    return tasks.filter(({ state }) => state === "TASK_RUNNING").map((task) => task.id);
  }

  const app = {
    id: "/prod/web",
    cmd: "sleep 1000",
    instances: 2,
    cpus: 0.01,
    mem: 16,
    taskKillGracePeriodSeconds: 0,
  };

  it("MAR-01 MAR-03 MAR-05 MAR-43 goes round: create, scale, configure, roll back, kill, restart, delete", async () => {
    const created = await call("POST", "/v2/apps", app);
    expect(created.status, JSON.stringify(created.body)).to.equal(201);
    expect(created.headers.get("location")).to.equal("/v2/apps/prod/web");
    expect(created.headers.get("marathon-deployment-id")).to.match(/^[0-9a-f-]{36}$/);
    const locked = await call("PUT", "/v2/apps/prod/web", { instances: 5 });
    expect(locked.status).to.equal(409);
    expect(locked.body["deployments"]).to.deep.equal(created.body["deployments"]);
    await untilDeployed();

    const read = await call("GET", "/v2/apps/prod/web");
    const shown = read.body["app"] as Record<string, unknown> & { tasks: { id: string }[] };
    expect(shown["tasksRunning"]).to.equal(2);
    expect(shown.tasks).to.have.length(2);
    const firstVersion = shown["version"] as string;
    expect(firstVersion).to.equal(created.body["version"]);

    const echoed = await call("PUT", "/v2/apps/prod/web", shown);
    expect(echoed.status, JSON.stringify(echoed.body)).to.equal(200);
    expect(echoed.body["version"]).to.equal(firstVersion);
    expect(echoed.headers.get("marathon-deployment-id")).to.equal(null);

    const scaled = await call("PATCH", "/v2/apps/prod/web", { instances: 3 });
    expect(scaled.status).to.equal(200);
    await untilDeployed();
    const changed = await call("PUT", "/v2/apps/prod/web", { env: { A: "1" } });
    expect(changed.status).to.equal(200);
    await untilDeployed();
    const { body: versions } = await call("GET", "/v2/apps/prod/web/versions");
    expect(versions["versions"]).to.have.length(3);

    const back = await call("PUT", "/v2/apps/prod/web", { version: firstVersion });
    expect(back.status, JSON.stringify(back.body)).to.equal(200);
    await untilDeployed();
    const after = (await call("GET", "/v2/apps/prod/web")).body["app"] as Record<string, unknown>;
    expect(after["env"]).to.deep.equal({});
    expect(after["instances"]).to.equal(2);

    // Tasks of the version before may still be ending, and be gone before they can be killed.
    const victim = (await runningTasks("/prod/web"))[0]!;
    const killed = await call("DELETE", `/v2/apps/prod/web/tasks/${victim}`);
    expect(killed.status, JSON.stringify(killed.body)).to.equal(200);
    expect((killed.body["task"] as { id: string }).id).to.equal(victim);
    // The app is made smaller by as many as are killed: the one that makes up for the killed one has to be there.
    await world.until("the app has two instances again", async () => {
      const ids = await runningTasks("/prod/web");
      return ids.length === 2 && !ids.includes(victim);
    });
    const fewer = await call("DELETE", "/v2/apps/prod/web/tasks?scale=true");
    expect(fewer.status, JSON.stringify(fewer.body)).to.equal(200);
    await untilDeployed();
    expect((await world.app("prod-web"))?.spec.instances).to.equal(0);

    expect((await call("POST", "/v2/apps/prod/web/restart")).status).to.equal(200);
    await untilDeployed();
    expect((await call("DELETE", "/v2/apps/prod/web")).status).to.equal(200);
    expect((await call("GET", "/v2/apps/prod/web")).status).to.equal(404);
  });

  it("shows an app that a person applied, and changes it without losing what Marathon does not know", async () => {
    const rollout = { strategy: "Canary", steps: [{ setWeight: 50 }] };
    await world.createApp("person", { rollout });
    await world.untilReady("person");
    const { body } = await call("GET", "/v2/apps/person");
    expect((body["app"] as { instances: number }).instances).to.equal(2);
    expect(body["app"]).to.not.have.property("rollout");
    const changed = await call("PUT", "/v2/apps/person", { cmd: "sleep 5" });
    expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
    await untilDeployed();
    expect((await world.app("person"))?.spec.rollout?.strategy).to.equal("Canary");
  });
});
