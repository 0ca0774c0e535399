import { expect } from "chai";
import { machineInventory } from "../../../../src/domain/agent/machine-inventory.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";

describe("machineInventory", () => {
  const facts = { cpus: 4, memTotalMiB: 8_192, diskTotalMiB: 102_400 };
  const text = (more: Partial<typeof facts>, given = ""): string =>
    formatResources(
      machineInventory({ ...facts, ...more }, resourcesOf(given), [[31_000, 32_000]]),
    );

  it("holds back 1 GiB of memory and 5 GiB of disk, half of little", () => {
    expect(text({})).to.equal("cpus:4;mem:7168;disk:97280;ports:[31000-32000]");
    expect(text({ memTotalMiB: 1_024, diskTotalMiB: 8_192 })).to.contain("mem:512;disk:4096");
  });

  it("takes a given amount for the one it found", () => {
    expect(text({}, "cpus:1;gpus:2")).to.equal(
      "mem:7168;disk:97280;ports:[31000-32000];cpus:1;gpus:2",
    );
  });
});
