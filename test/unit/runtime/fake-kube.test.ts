import { FakeKube } from "../../support/kubernetes/fake-kube.ts";
import { describeKubeTransport } from "../../support/kubernetes/transport-contract.ts";

describe("FakeKube", () => {
  let fake: FakeKube;
  beforeEach(() => {
    fake = new FakeKube();
  });

  describeKubeTransport("the fake", () => ({ kube: fake, namespace: "test" }));
});
