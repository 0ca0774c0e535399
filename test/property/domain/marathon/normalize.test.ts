import fc from "fast-check";
import { expect } from "chai";
import { AppInput } from "../../../../src/api/marathon/app-input.ts";
import { MarathonAppSpec } from "../../../../src/api/crd/v1alpha1/marathon-app/spec.ts";
import { classifyChange, mergeUpdate } from "../../../../src/domain/marathon/app/app-change.ts";
import { appOfSpec } from "../../../../src/domain/marathon/decide/app-of-spec.ts";
import { normalizeApp } from "../../../../src/domain/marathon/normalize/normalize-app.ts";
import { NORMALIZE_DEFAULTS } from "../../../../src/domain/marathon/normalize/normalize-config.ts";
import { FEATURES } from "../../../../src/domain/marathon/rules/rule-context.ts";
import { validateApp } from "../../../../src/domain/marathon/rules/validate-app.ts";

const ports = fc.array(
  fc.nat(3).map((n) => (n === 0 ? 0 : 9000 + n)),
  { maxLength: 3 },
);
const mapping = fc.record(
  {
    containerPort: fc.nat(9000),
    hostPort: fc.constantFrom(0, 8080),
    protocol: fc.constantFrom("tcp", "udp"),
  },
  { requiredKeys: [] },
);
const network = fc.constantFrom(
  {},
  { networks: [{ mode: "host" }] },
  { networks: [{ mode: "container/bridge" }] },
  { networks: [{ mode: "container", name: "n1" }] },
  { ipAddress: { networkName: "n2" } },
);
const container = fc.oneof(
  fc.constant({}),
  fc.record({
    container: fc.record(
      {
        type: fc.constantFrom("DOCKER", "MESOS"),
        docker: fc.constant({ image: "nginx" }),
        portMappings: fc.array(mapping, { maxLength: 3 }),
      },
      { requiredKeys: ["docker"] },
    ),
  }),
);
const checks = fc.constantFrom(
  {},
  { healthChecks: [{ protocol: "HTTP" }] },
  { healthChecks: [{ protocol: "TCP", port: 80 }] },
);
const portFields = fc.oneof(
  fc.constant({}),
  ports.map((each) => ({ ports: each })),
  ports.map((each) => ({ portDefinitions: each.map((port) => ({ port })) })),
);
const rest = fc.record(
  {
    instances: fc.nat(5),
    requirePorts: fc.boolean(),
    labels: fc.dictionary(fc.constantFrom("a", "b"), fc.string({ maxLength: 3 })),
    uris: fc.constant(["http://x/a.tgz"]),
    constraints: fc.constant([["hostname", "unique"]]),
  },
  { requiredKeys: [] },
);
const document = fc
  .tuple(network, container, checks, portFields, rest)
  .map((parts) => Object.assign({ id: "a/b", cmd: "sleep 1" }, ...parts) as object);

function canonical(input: unknown) {
  const result = normalizeApp(AppInput.parse(input), NORMALIZE_DEFAULTS);
  fc.pre(result.kind === "ok");
  return result.app;
}

describe("canonical apps", () => {
  it("stay the same when they are normalised again", () => {
    fc.assert(
      fc.property(document, (given) => {
        const app = canonical(given);
        expect(canonical(app)).to.deep.equal(app);
      }),
      { numRuns: 2_000 },
    );
  });

  it("sent back as an update change nothing", () => {
    fc.assert(
      fc.property(document, (given) => {
        const app = canonical(given);
        const after = canonical(mergeUpdate(app, AppInput.parse(app)));
        expect(classifyChange(app, after)).to.equal("none");
      }),
      { numRuns: 1_000 },
    );
  });

  it("come back the same from a MarathonApp's spec", () => {
    const context = { features: new Set(FEATURES), allowedRoles: ["*"] };
    fc.assert(
      fc.property(document, (given) => {
        const app = canonical(given);
        fc.pre(validateApp(app, context).length === 0);
        const read = appOfSpec(MarathonAppSpec.parse(app));
        expect(read).to.deep.equal({ kind: "ok", app });
      }),
      { numRuns: 1_000 },
    );
  });
});
