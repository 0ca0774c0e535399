import { expect } from "chai";
import {
  ensureNodeBaseImage,
  nodeBaseImage,
  startCluster,
  type Cluster,
} from "../../cluster/index.ts";
import { until } from "../../cluster/host/until.ts";

/** A web server that says on which node it runs, in as many pods as asked for. */
function webServer(name: string, kind: "Deployment" | "Rollout", extra: object): object {
  const program =
    "require('http').createServer((q,r)=>{console.log(q.url);r.end(process.env.NODE)}).listen(8080)";
  return {
    apiVersion: kind === "Deployment" ? "apps/v1" : "argoproj.io/v1alpha1",
    kind,
    metadata: { name, namespace: "default" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      ...extra,
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "DoNotSchedule",
              // Else the tainted simulated nodes count as empty places.
              nodeTaintsPolicy: "Honor",
              labelSelector: { matchLabels: { app: name } },
            },
          ],
          containers: [
            {
              name: "web",
              image: nodeBaseImage,
              imagePullPolicy: "Never",
              command: ["node", "-e", program],
              env: [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
              readinessProbe: { httpGet: { port: 8080, path: "/ready" }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}

describe("a cluster with two real and twenty simulated nodes", function () {
  this.timeout(240_000);
  let cluster: Cluster;
  const columns = async (...args: string[]): Promise<string[]> =>
    (await cluster.kubectl([...args, "-o", "name"])).trim().split("\n").sort();
  const readyOf = (node: string): Promise<string> =>
    cluster.kubectl([
      "get",
      "node",
      node,
      "-o",
      `jsonpath={.status.conditions[?(@.type=="Ready")].status}`,
    ]);

  before(async () => {
    cluster = await startCluster({
      name: "e2e-cluster",
      tier: "nodes",
      nodes: 2,
      kwokNodes: 20,
      nodeGraceSeconds: 8,
      hasAuditLog: true,
    });
    await cluster.loadImage(await ensureNodeBaseImage());
    await cluster.apply([
      webServer("web", "Deployment", {}),
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web", namespace: "default" },
        spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }] },
      },
    ]);
    await cluster.kubectl(["rollout", "status", "deployment/web", "--timeout=60s"]);
  });
  after(async () => {
    await cluster.stop();
  });

  it("has every node Ready", async () => {
    const nodes = await columns("get", "nodes");
    expect(nodes).to.have.length(22);
    await cluster.kubectl(["wait", "node", "--all", "--for=condition=Ready", "--timeout=5s"]);
  });

  it("runs pods on both real nodes and keeps them off the simulated ones", async () => {
    const nodes = await cluster.kubectl([
      "get",
      "pods",
      "-l",
      "app=web",
      "-o",
      "jsonpath={.items[*].spec.nodeName}",
    ]);
    expect(nodes.split(" ").sort()).to.deep.equal(["node-1", "node-2"]);
  });

  it("resolves a service by name and reaches the pods of both nodes from each pod", async () => {
    const program =
      "(async()=>{const seen=new Set();for(let i=0;i<40;i++)" +
      "seen.add(await (await fetch('http://web.default.svc.cluster.local',{headers:{connection:'close'}})).text());" +
      "console.log([...seen].sort().join(' '))})()";
    for (const pod of await columns("get", "pods", "-l", "app=web")) {
      const seen = await cluster.kubectl(["exec", pod, "--", "node", "-e", program]);
      expect(seen.trim()).to.equal("node-1 node-2");
    }
  });

  it("shows logs, and lets a pod use the API with the rights it was given", async () => {
    await cluster.kubectl([
      "create",
      "rolebinding",
      "view",
      "--clusterrole=view",
      "--serviceaccount=default:default",
    ]);
    const [pod = ""] = await columns("get", "pods", "-l", "app=web");
    expect(await cluster.kubectl(["logs", pod])).to.contain("/ready");
    const program =
      "const fs=require('fs'),d='/var/run/secrets/kubernetes.io/serviceaccount/';" +
      "require('https').get({host:'kubernetes.default.svc',path:'/api/v1/namespaces/default/pods'," +
      "ca:fs.readFileSync(d+'ca.crt'),headers:{authorization:'Bearer '+fs.readFileSync(d+'token')}}," +
      "r=>{console.log(r.statusCode);r.resume()})";
    const status = await cluster.kubectl(["exec", pod, "--", "node", "-e", program]);
    expect(status.trim()).to.equal("200");
  });

  it("pauses a canary Rollout at its step and finishes it when promoted", async () => {
    const strategy = { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } };
    const rollout = webServer("canary", "Rollout", { strategy });
    await cluster.apply(rollout);
    const argo = (...args: string[]): Promise<string> =>
      cluster.kubectl(["argo", "rollouts", ...args]);
    await argo("status", "canary", "--timeout", "60s");
    await cluster.kubectl([
      "patch",
      "rollout",
      "canary",
      "--type=merge",
      "-p",
      JSON.stringify({ spec: { template: { metadata: { annotations: { revision: "2" } } } } }),
    ]);
    await until(
      "the pause of the canary",
      async () => (await argo("status", "canary", "--watch=false")).includes("Paused"),
      { timeoutMs: 60_000 },
    );
    await argo("promote", "canary");
    expect(await argo("status", "canary", "--timeout", "60s")).to.contain("Healthy");
  });

  it("loses a node whose cable is cut, and gets it back", async () => {
    await cluster.cutNode("node-2");
    await until("node-2 NotReady", async () => (await readyOf("node-2")) === "Unknown", {
      timeoutMs: 60_000,
    });
    expect(await readyOf("node-1")).to.equal("True");
    await cluster.healNode("node-2");
    await until("node-2 Ready", async () => (await readyOf("node-2")) === "True", {
      timeoutMs: 60_000,
    });
  });

  it("comes back after its API server was killed", async () => {
    await cluster.killProcess("kube-apiserver");
    expect((await cluster.tryKubectl(["get", "--raw=/readyz"])).exitCode).not.to.equal(0);
    await cluster.restartProcess("kube-apiserver");
    await until(
      "the API server",
      async () => (await cluster.tryKubectl(["get", "--raw=/readyz"])).exitCode === 0,
      { timeoutMs: 60_000 },
    );
    expect(await columns("get", "nodes")).to.have.length(22);
  });
});
