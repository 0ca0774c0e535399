import { expect } from "chai";
import { buildImage, startCluster, type Cluster, type ImageTarget } from "../../cluster/index.ts";

/** What the program inside the pod found out about its surroundings. */
interface Findings {
  readonly uid: number;
  readonly gid: number;
  readonly writing: string;
  readonly app: readonly string[];
  readonly hasZod: boolean;
  readonly hasTypescript: boolean;
}

const program = `
  const fs = require("node:fs");
  const can = (name) => { try { require.resolve(name, { paths: ["/app"] }); return true; } catch { return false; } };
  let writing = "allowed";
  try { fs.writeFileSync("/app/probe", ""); } catch (error) { writing = error.code; }
  console.log(JSON.stringify({
    uid: process.getuid(), gid: process.getgid(), writing, app: fs.readdirSync("/app").sort(),
    hasZod: can("zod"), hasTypescript: can("typescript"),
  }));
`;

function podOf(name: string, image: string, node: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "restricted" },
    spec: {
      restartPolicy: "Never",
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          imagePullPolicy: "Never",
          command: [node, "-e", program],
          securityContext: {
            readOnlyRootFilesystem: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
}

describe("the product's image", function () {
  this.timeout(300_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster({ name: "e2e-image", tier: "nodes", nodes: 1 });
    await cluster.apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "restricted",
        labels: { "pod-security.kubernetes.io/enforce": "restricted" },
      },
    });
    await cluster.kubectl([
      "wait",
      "serviceaccount/default",
      "--namespace=restricted",
      "--for=create",
      "--timeout=30s",
    ]);
  });
  after(async () => {
    await cluster.stop();
  });

  const targets: Record<ImageTarget, string> = {
    runtime: "/nodejs/bin/node",
    node: "/usr/local/bin/node",
  };
  for (const [target, node] of Object.entries(targets) as [ImageTarget, string][]) {
    it(`of target ${target} runs as 65532 with a read-only root, and has production packages only`, async () => {
      const image = await buildImage({ target });
      await cluster.loadImage(image);
      await cluster.apply(podOf(target, image.name, node));
      const inNamespace = "--namespace=restricted";
      const phase = "--for=jsonpath={.status.phase}=Succeeded";
      await cluster.kubectl(["wait", "pod", target, inNamespace, phase, "--timeout=60s"]);
      const findings = JSON.parse(await cluster.kubectl(["logs", target, inNamespace])) as Findings;
      expect(findings).to.deep.equal({
        uid: 65532,
        // The runtime takes the group from the image's user database.
        gid: 65532,
        writing: "EROFS",
        app: ["LICENSE", "dist", "node_modules", "package.json"],
        hasZod: true,
        hasTypescript: false,
      });
    });
  }
});
