import { expect } from "chai";
import type { AppObject } from "../../../src/reconcilers/marathon-app/ports.ts";
import { MARATHON_APP } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { SimulatedAppWorld } from "../../support/marathon/simulated-app-world.ts";

interface ServiceObject extends KubeObject {
  readonly spec?: { readonly ports?: readonly { readonly port: number }[] };
}

describe("service ports of apps", () => {
  it("are no other app's after a crash, from the moment in which a Service has them", async () => {
    const world = new SimulatedAppWorld();
    world.write();
    const told: (readonly number[])[] = [];
    world.kube.intercept = ({ verb, kind }) => {
      if (verb !== "apply" || kind !== "Service") return;
      const [app] = world.kube.peek<AppObject>(MARATHON_APP);
      told.push(app?.status?.servicePorts ?? []);
    };
    await world.start();
    await world.settle();
    await world.stop();
    const [service] = world.kube.all<ServiceObject>(KINDS.Service);
    const ports = service?.spec?.ports?.map(({ port }) => port);
    expect(ports).to.have.length(1);
    expect(told[0]).to.deep.equal(ports);
  });
});
