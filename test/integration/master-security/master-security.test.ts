import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { until } from "../../cluster/host/until.ts";
import { startRealMaster, type RealMaster } from "../../support/admission/real-master.ts";
import { useCluster } from "../../support/cluster.ts";
import { installConfig } from "../../support/config/config-objects.ts";
import { installCrds } from "../../support/crd/install-crds.ts";
import { basic } from "../../support/http-request.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { exchange } from "../../support/mesos/record-stream.ts";

const AUDIENCE = "orchestrator-master";
const FOLLOWS_MAX_MS = 30_000;
const within = (ms: number) => ({ signal: AbortSignal.timeout(ms) });

interface TokenRequest extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly token: string };
}

describe("the security of a master on the API server (SEC-01, SEC-05)", function suite() {
  this.timeout(60_000);
  const cluster = useCluster("control-plane");
  let kube: RealKube;
  let namespace: string;
  let folder: string;
  let master: RealMaster;

  before(async function start() {
    this.timeout(600_000);
    const kubeconfig = (await cluster()).kubeconfigPath;
    kube = await connectReal(kubeconfig);
    await installCrds(kube.transport, AbortSignal.timeout(60_000));
    await installConfig(kube.transport, "rbac", AbortSignal.timeout(60_000));
    namespace = await makeNamespace(kube.transport, "security");
    folder = await mkdtemp(join(tmpdir(), "security-"));
    for (const name of ["mesos-master", "mesos-agent", "other"]) await makeAccount(name);
    await bindMaster();
    await putSecret("ops:first");
    await kube.transport.create(
      MESOS_CLUSTER,
      {
        metadata: { name: "mesos", namespace },
        spec: {
          security: {
            authentication: { mode: "Required", credentialsSecretRef: { name: "people" } },
            authorization: { aclsConfigMapRef: { name: "acls" } },
          },
        },
      } as KubeObject,
      within(10_000),
    );
    await putAcls({});
    master = await startRealMaster(await masterKubeconfig(kubeconfig), `${namespace}/mesos`);
    await until("a master that leads", async () => (await read(basic("ops", "first"))) === 200, {
      timeoutMs: FOLLOWS_MAX_MS,
    });
  });
  after(async function end() {
    this.timeout(60_000);
    await master.stop();
    const bound = { kind: KINDS.ClusterRoleBinding, name: `${namespace}-master` };
    await kube.transport.delete(bound, within(10_000));
    await removeNamespace(kube.transport, namespace);
    await kube.close();
    await rm(folder, { recursive: true });
  });

  async function makeAccount(name: string): Promise<void> {
    const account = { metadata: { name, namespace } };
    await kube.transport.create(KINDS.ServiceAccount, account, within(10_000));
  }
  /** As the operator and the installation bind a Dedicated master. */
  async function bindMaster(): Promise<void> {
    const subjects = [{ kind: "ServiceAccount", name: "mesos-master", namespace }];
    const roleRef = (name: string): object => ({
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name,
    });
    await kube.transport.create(
      KINDS.RoleBinding,
      {
        metadata: { name: "mesos-master", namespace },
        roleRef: roleRef("orchestrator-master"),
        subjects,
      } as KubeObject,
      within(10_000),
    );
    await kube.transport.create(
      KINDS.ClusterRoleBinding,
      {
        metadata: { name: `${namespace}-master` },
        roleRef: roleRef("orchestrator-master-cluster"),
        subjects,
      } as KubeObject,
      within(10_000),
    );
  }
  async function token(name: string, audiences?: readonly string[]): Promise<string> {
    const request: TokenRequest = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      metadata: { name, namespace },
      spec: { expirationSeconds: 3600, ...(audiences === undefined ? {} : { audiences }) },
    };
    const options = { ...within(10_000), subresource: "token" };
    const answer = await kube.transport.create(KINDS.ServiceAccount, request, options);
    return answer.status?.token ?? "";
  }
  /** The administrator's, with the master's own token: what the roles do not let is a defect. */
  async function masterKubeconfig(admin: string): Promise<string> {
    const config = parse(await readFile(admin, "utf8")) as { readonly users: { user: object }[] };
    const user = { token: await token("mesos-master") };
    for (const one of config.users) one.user = user;
    const path = join(folder, "kubeconfig");
    await writeFile(path, stringify(config));
    return path;
  }
  async function putSecret(text: string): Promise<void> {
    const data = { credentials: Buffer.from(text).toString("base64") };
    const secret = { metadata: { name: "people", namespace }, data } as KubeObject;
    await kube.transport.apply(KINDS.Secret, secret, within(10_000));
  }
  async function putAcls(acls: object): Promise<void> {
    const data = { "acls.json": JSON.stringify(acls) };
    const map = { metadata: { name: "acls", namespace }, data } as KubeObject;
    await kube.transport.apply(KINDS.ConfigMap, map, within(10_000));
  }
  async function read(headers: Readonly<Record<string, string>>): Promise<number> {
    return (await exchange(master.port, "/state", { method: "GET", headers })).status;
  }
  const bearer = (value: string): { readonly Authorization: string } => ({
    Authorization: `Bearer ${value}`,
  });

  it("knows service accounts by tokens for masters, and by no other tokens", async () => {
    expect(await read(bearer(await token("other", [AUDIENCE])))).to.equal(200);
    expect(await read({ Authorization: `token=${await token("other", [AUDIENCE])}` })).to.equal(
      200,
    );
    expect(await read(bearer(await token("other")))).to.equal(401);
    expect(await read(bearer("made-up"))).to.equal(401);
    expect(await read({})).to.equal(401);
  });

  it("registers agents of the cluster's own account alone", async () => {
    const own = await LinkAgent.subscribe(master.port, {
      headers: bearer(await token("mesos-agent", [AUDIENCE])),
    });
    expect(await own.agentId()).to.match(/-S\d+$/);
    own.close();
    const stranger = await LinkAgent.subscribe(master.port, {
      headers: bearer(await token("other", [AUDIENCE])),
    });
    expect(stranger.stream.status).to.equal(403);
    stranger.close();
  });

  it("follows the Secret as it is rotated", async () => {
    await putSecret("ops:second");
    // Asked with the old one: a wrong secret counts, and this is wrong only once.
    await until(
      "the old secret to be wrong",
      async () => (await read(basic("ops", "first"))) === 401,
      {
        timeoutMs: FOLLOWS_MAX_MS,
      },
    );
    expect(await read(basic("ops", "second"))).to.equal(200);
  });

  it("follows the ACLs in the ConfigMap", async () => {
    const headers = bearer(await token("other", [AUDIENCE]));
    const metrics = async (): Promise<number> =>
      (await exchange(master.port, "/metrics/snapshot", { method: "GET", headers })).status;
    expect(await metrics()).to.equal(200);
    await putAcls({
      get_endpoints: [{ principals: { type: "ANY" }, paths: { type: "NONE" } }],
    });
    await until("a refusal", async () => (await metrics()) === 403, { timeoutMs: FOLLOWS_MAX_MS });
  });
});
