import { expect } from "chai";
import { configMapText, secretText } from "../../../../src/adapters/text-sources/kube-text.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import { FakeKube } from "../../../support/kubernetes/fake-kube.ts";

const WHERE = { namespace: "ns", name: "people" };

describe("texts in Secrets and ConfigMaps", () => {
  const { signal } = new AbortController();
  let kube: FakeKube;
  beforeEach(() => {
    kube = new FakeKube();
  });
  const put = (kind: "Secret" | "ConfigMap", data: Record<string, string>): void => {
    kube.put(KINDS[kind], { metadata: { ...WHERE }, data } as never);
  };
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const failure = async (reading: Promise<unknown>): Promise<string> =>
    reading.then(
      () => "",
      (error: unknown) => (error as Error).message,
    );

  it("are credentials under their key, or under the only one", async () => {
    const source = secretText(kube, WHERE);
    expect(await source.read(signal)).to.equal(undefined);
    put("Secret", { anything: base64("ops:1") });
    expect(await source.read(signal)).to.equal("ops:1");
    put("Secret", { anything: base64("ops:1"), "credentials.json": base64("ops:2") });
    expect(await source.read(signal)).to.equal("ops:2");
    put("Secret", { a: base64("ops:1"), b: base64("ops:2") });
    expect(await failure(source.read(signal))).to.equal("Secret ns/people has no key credentials");
  });

  it("are one key of a ConfigMap", async () => {
    const source = configMapText(kube, { ...WHERE, key: "acls.json" });
    expect(source.name).to.equal("ConfigMap ns/people");
    expect(await source.read(signal)).to.equal(undefined);
    put("ConfigMap", { "acls.json": "{}" });
    expect(await source.read(signal)).to.equal("{}");
    put("ConfigMap", { other: "{}" });
    expect(await failure(source.read(signal))).to.equal("ConfigMap ns/people has no key acls.json");
  });
});
