import { expect } from "chai";
import type { Acls } from "../../../../src/domain/authorization/acls.ts";
import { configWithAcls } from "../../../../src/services/offer-engine/config-with-acls.ts";
import { aclsOf } from "../../../support/mesos/acls.ts";
import { FixedConfigSource, makeClusterConfig } from "../../../support/mesos/cluster-config.ts";

describe("a configuration with ACLs", () => {
  it("changes when either does, and is the same object until then", () => {
    const base = new FixedConfigSource(makeClusterConfig());
    const held: { acls?: Acls } = {};
    const listeners = new Set<() => void>();
    const source = configWithAcls(base, {
      current: () => held.acls,
      subscribe: (changed) => {
        listeners.add(changed);
        return () => listeners.delete(changed);
      },
    });
    let changes = 0;
    const end = source.subscribe(() => (changes += 1));
    expect(source.current()).to.equal(base.current());
    const acls = aclsOf({ permissive: false });
    held.acls = acls;
    for (const changed of listeners) changed();
    expect(source.current().acls).to.equal(acls);
    expect(source.current()).to.equal(source.current());
    base.set(makeClusterConfig({ heartbeatMs: 1 }));
    expect(source.current()).to.deep.include({ heartbeatMs: 1, acls });
    expect(changes).to.equal(2);
    end();
    expect(listeners.size).to.equal(0);
  });
});
