import { expect } from "chai";
import { isNamespaceEnding, withFailure } from "../../../../src/domain/operator/with-failure.ts";

const status = {
  phase: "Progressing",
  conditions: [
    {
      type: "Ready",
      status: "False",
      reason: "AgentsNotReady",
      message: "0 of 2",
      observedGeneration: 4,
    },
    {
      type: "Reconciling",
      status: "True",
      reason: "Creating",
      message: "Creating",
      observedGeneration: 4,
    },
  ],
} as const;
const failure = (code: string, message: string) => ({
  code,
  message,
  hint: "Do something.",
  retry: "transient" as const,
});

const cases: Record<string, { given: ReturnType<typeof failure>; want: string; phase: string }> = {
  "a passing failure is a retry": {
    given: failure("KUBE_TIMEOUT", "no answer"),
    want: "Reconciling Retrying",
    phase: "Progressing",
  },
  "a missing permission needs a person": {
    given: failure("KUBE_FORBIDDEN", "cannot create"),
    want: "Stalled Forbidden",
    phase: "Stalled",
  },
  "a used-up quota needs a person": {
    given: failure("KUBE_FORBIDDEN", "pods is forbidden: exceeded quota: small"),
    want: "Stalled QuotaExceeded",
    phase: "Stalled",
  },
  "a child that the server refuses needs a person": {
    given: failure("KUBE_INVALID", "spec.template: Invalid value"),
    want: "Stalled InvalidSpec",
    phase: "Stalled",
  },
};

describe("withFailure", () => {
  for (const [name, { given, want, phase }] of Object.entries(cases)) {
    it(name, () => {
      const told = withFailure<{ phase: string; conditions: (typeof status.conditions)[number][] }>(
        { ...status, conditions: [...status.conditions] },
        given,
      );
      const busy = told.conditions.filter(({ type }) => (type as string) !== "Ready");
      expect(busy.map(({ type, reason }) => `${type} ${reason}`)).to.deep.equal([want]);
      expect(told.phase).to.equal(phase);
      expect(told).to.have.nested.property("lastError.code", given.code);
    });
  }

  it("knows a namespace that is on its way out from a missing permission", () => {
    const ending = "unable to create new content in namespace x because it is being terminated";
    expect(isNamespaceEnding(failure("KUBE_FORBIDDEN", ending))).to.equal(true);
    expect(isNamespaceEnding(failure("KUBE_FORBIDDEN", "cannot create"))).to.equal(false);
  });
});
