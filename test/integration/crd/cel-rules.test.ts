import { expect } from "chai";
import { CUSTOM_KINDS } from "../../../src/api/crd/v1alpha1/kinds.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { objectSchema } from "../../generate/crd.ts";
import { CEL_CASES, type CelCase } from "../../support/crd/cel-cases.ts";
import { walkSchema } from "../../support/crd/walk-schema.ts";
import { useNamespace } from "../../support/kubernetes/use-namespace.ts";

const definitionOf = (kind: string) => {
  const found = CUSTOM_KINDS.find((definition) => definition.kind.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return found;
};

describe("CEL rules of the CRDs", function () {
  this.timeout(60_000);
  const own = useNamespace("cel");
  const signal = AbortSignal.timeout(600_000);
  let count = 0;

  /** The message of the refusal; undefined when the server took it. */
  async function refusal(attempt: Promise<unknown>): Promise<string | undefined> {
    try {
      await attempt;
      return undefined;
    } catch (error) {
      if (isOperatingError(error, "KUBE_INVALID")) return error.message;
      throw error;
    }
  }

  const create = ({ kind }: CelCase, spec: object, dryRun: boolean) => {
    const definition = definitionOf(kind);
    count += 1;
    const object = { metadata: { name: `case-${count}`, namespace: own.namespace }, spec };
    return own.kube.transport.create(definition.kind, object, { signal, dryRun });
  };

  async function attempt(one: CelCase, spec: object): Promise<string | undefined> {
    if (one.before === undefined) return refusal(create(one, spec, true));
    const stored = await create(one, one.before, false);
    const ref = {
      kind: definitionOf(one.kind).kind,
      namespace: own.namespace,
      name: stored.metadata.name,
    };
    const patch = { type: "merge", patch: { spec: spec as never } } as const;
    return refusal(own.kube.transport.patch(ref, patch, { signal, dryRun: true }));
  }

  for (const one of CEL_CASES) {
    const { kind, message, good, bad, before } = one;
    it(`${kind}: ${message}${before === undefined ? "" : " (on change)"}`, async () => {
      expect(await attempt(one, good), "the good one").to.equal(undefined);
      expect(await attempt(one, bad), "the bad one").to.contain(message);
      if (before !== undefined) return;
      const { spec } = definitionOf(kind);
      expect(spec.safeParse(good).success, "zod on the good one").to.equal(true);
      const issues = spec.safeParse(bad).error?.issues.map((issue) => issue.message);
      expect(issues, "zod on the bad one").to.include(message);
    });
  }

  for (const kind of ["MesosCluster", "ProbeFleet"] as const) {
    it(`${kind}: names of 40 characters, not 41`, async () => {
      const named = (name: string) =>
        refusal(
          own.kube.transport.create(
            definitionOf(kind).kind,
            { metadata: { name, namespace: own.namespace }, spec: {} } as never,
            { signal, dryRun: true },
          ),
        );
      expect(await named("a".repeat(40))).to.equal(undefined);
      expect(await named("a".repeat(41))).to.contain("at most 40 characters");
    });
  }

  it("has a case for each rule of each kind", () => {
    for (const definition of CUSTOM_KINDS) {
      const kind = definition.kind.kind;
      const spec = objectSchema(definition).properties?.spec ?? {};
      const rules = [...walkSchema(spec)].flatMap(({ schema }) =>
        (schema["x-kubernetes-validations"] ?? []).map(({ message }) => message),
      );
      const covered = CEL_CASES.filter((one) => one.kind === kind).map(({ message }) => message);
      expect(covered.sort(), kind).to.deep.equal(rules.sort());
    }
  });
});
