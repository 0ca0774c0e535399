import { expect } from "chai";
import { KubeAccountReviews } from "../../../../src/adapters/kubernetes/kube-account-reviews.ts";
import type { KubeKind } from "../../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const signal = new AbortController().signal;
const account = { namespace: "team", name: "other-agent" };

describe("what a service account may list", () => {
  it("is asked as the API server would judge its token", async () => {
    const asked: unknown[] = [];
    const reviews = new KubeAccountReviews(
      server(asked, () => true),
      new VirtualClock(),
    );
    expect(await reviews.mayListEverywhere(account, "pods", signal)).to.equal(true);
    expect(asked).to.deep.equal([
      {
        user: "system:serviceaccount:team:other-agent",
        groups: ["system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated"],
        resourceAttributes: { resource: "pods", verb: "list", group: "" },
      },
    ]);
  });

  it("is remembered for five minutes when it may, and asked again when it may not", async () => {
    const asked: unknown[] = [];
    let allowed = false;
    const clock = new VirtualClock();
    const reviews = new KubeAccountReviews(
      server(asked, () => allowed),
      clock,
    );
    const ask = (): Promise<boolean> => reviews.mayListEverywhere(account, "nodes", signal);
    expect(await ask()).to.equal(false);
    allowed = true;
    expect(await ask()).to.equal(true);
    allowed = false;
    expect(await ask()).to.equal(true);
    expect(asked).to.have.length(2);
    await clock.advance(300_001);
    expect(await ask()).to.equal(false);
  });
});

function server(asked: unknown[], allows: () => boolean) {
  return {
    create: <T extends KubeObject>(_kind: KubeKind, object: T): Promise<T> => {
      asked.push((object as unknown as { readonly spec: unknown }).spec);
      return Promise.resolve({ ...object, status: { allowed: allows() } });
    },
  };
}
