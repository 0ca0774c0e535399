import { expect } from "chai";
import { KubeTokenReviews } from "../../../../src/adapters/kubernetes/kube-token-reviews.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import type { Principal } from "../../../../src/runtime/ports/authenticator.ts";

const USER = { username: "system:serviceaccount:ns:agent", uid: "u1", groups: ["g"] };
const AUDIENCES = ["orchestrator-master"];

describe("KubeTokenReviews (SEC-01)", () => {
  const review = async (
    status: object,
  ): Promise<{ readonly asked: unknown; readonly principal: Principal | undefined }> => {
    let asked: unknown;
    const reviews = new KubeTokenReviews(
      {
        create: <T extends KubeObject>(_kind: unknown, object: T) => {
          asked = (object as T & { spec: unknown }).spec;
          return Promise.resolve({ ...object, status });
        },
      },
      "orchestrator-master",
    );
    const principal = await reviews.review("t", new AbortController().signal);
    return { asked, principal };
  };

  it("asks with our audience and tells whose the token is", async () => {
    const answer = await review({ authenticated: true, audiences: AUDIENCES, user: USER });
    expect(answer).to.deep.equal({
      asked: { token: "t", audiences: AUDIENCES },
      principal: { value: USER.username, claims: { uid: "u1" }, groups: ["g"] },
    });
  });

  it("takes no token that is nobody's, for somebody else, or of a server that knows no audiences", async () => {
    const strangers = [
      { authenticated: false, audiences: AUDIENCES },
      { authenticated: true, audiences: ["https://kubernetes.default.svc"], user: USER },
      { authenticated: true, user: USER },
      {},
    ];
    for (const status of strangers) {
      expect((await review(status)).principal, JSON.stringify(status)).to.equal(undefined);
    }
  });

  it("gives a user without name by claims alone", async () => {
    const { principal } = await review({
      authenticated: true,
      audiences: AUDIENCES,
      user: { uid: "u1" },
    });
    expect(principal).to.deep.equal({ value: undefined, claims: { uid: "u1" }, groups: [] });
  });
});
