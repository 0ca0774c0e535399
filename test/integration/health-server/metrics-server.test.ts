import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Agent, request } from "undici";
import { MetricsServer } from "../../../src/adapters/health-server/metrics-server.ts";
import { KubeTokenAuthorizer } from "../../../src/adapters/kubernetes/kube-token-authorizer.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { createAuthority, issueCertificate } from "../../cluster/index.ts";
import { useCluster } from "../../support/cluster.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

describe("MetricsServer", () => {
  const cluster = useCluster("control-plane");
  let kube: RealKube;
  let namespace: string;
  let server: MetricsServer;
  let client: Agent;
  const folder = mkdtempSync(join(tmpdir(), "metrics-server-"));
  const signal = (): AbortSignal => AbortSignal.timeout(20_000);

  before(async function start() {
    this.timeout(600_000);
    kube = await connectReal((await cluster()).kubeconfigPath);
    namespace = await makeNamespace(kube.transport, "metrics");
    const authority = createAuthority("metrics-test");
    const certificate = issueCertificate(authority, {
      commonName: "metrics",
      hosts: ["127.0.0.1"],
    });
    const certificateFile = join(folder, "tls.crt");
    const keyFile = join(folder, "tls.key");
    writeFileSync(certificateFile, certificate.certificatePem);
    writeFileSync(keyFile, certificate.keyPem);
    server = new MetricsServer({
      ...kube,
      address: "127.0.0.1",
      port: 0,
      certificateFile,
      keyFile,
      metrics: () => Promise.resolve({ text: "up 1\n", contentType: "text/plain" }),
      authorizer: new KubeTokenAuthorizer(kube.transport, kube.clock),
    });
    await server.start();
    client = new Agent({ connect: { ca: authority.certificatePem } });
  });
  after(async () => {
    await client.close();
    await server.stop();
    await removeNamespace(kube.transport, namespace);
    await kube.close();
    rmSync(folder, { recursive: true });
  });

  async function statusFor(token: string | undefined): Promise<number> {
    const answer = await request(`https://127.0.0.1:${server.port}/metrics`, {
      dispatcher: client,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    await answer.body.dump();
    return answer.statusCode;
  }

  /** A token of a new service account; `role`: a cluster role it gets. */
  async function tokenOf(name: string, role?: string): Promise<string> {
    await kube.transport.create(
      KINDS.ServiceAccount,
      { metadata: { name, namespace } },
      { signal: signal() },
    );
    if (role !== undefined) {
      const binding = {
        metadata: { name: `${namespace}-${name}` },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      };
      await kube.transport.create(KINDS.ClusterRoleBinding, binding, { signal: signal() });
    }
    interface TokenRequest extends KubeObject {
      readonly status?: { readonly token: string };
    }
    const request: TokenRequest = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      metadata: { name, namespace },
    };
    const answer = await kube.transport.create(KINDS.ServiceAccount, request, {
      signal: signal(),
      subresource: "token",
    });
    return answer.status?.token ?? "";
  }

  it("shows metrics to a bearer whom the cluster lets read them", async () => {
    const role = {
      metadata: { name: `${namespace}-reader` },
      rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }],
    };
    await kube.transport.create(KINDS.ClusterRole, role, { signal: signal() });
    expect(await statusFor(await tokenOf("reader", role.metadata.name))).to.equal(200);
    const signalled = { signal: signal() };
    await kube.transport.delete({ kind: KINDS.ClusterRole, name: role.metadata.name }, signalled);
    const binding = { kind: KINDS.ClusterRoleBinding, name: `${namespace}-reader` };
    await kube.transport.delete(binding, signalled);
  });

  it("refuses a bearer without the right, an unknown token, and nobody", async () => {
    expect(await statusFor(await tokenOf("stranger"))).to.equal(403);
    expect(await statusFor("made-up")).to.equal(401);
    expect(await statusFor(undefined)).to.equal(401);
  });
});
