import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { describeRegistry } from "../../support/registry/registry-contract.ts";

describeRegistry("MemoryRegistry, the fake", () => Promise.resolve(new MemoryRegistry()));
