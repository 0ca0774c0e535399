import type { RecordWrite } from "../../../src/services/offer-engine/core/effects.ts";
import type { RecoveredRecords } from "../../../src/services/offer-engine/core/recovered-records.ts";
import { readRecords } from "../../../src/services/offer-engine/serve/registry-reader.ts";
import { MemoryRegistry } from "./memory-registry.ts";

/** What the next leader reads after these writes, through the bytes that the Registry would hold. */
export async function recordsAfter(writes: readonly RecordWrite[]): Promise<RecoveredRecords> {
  const registry = new MemoryRegistry();
  for (const write of writes) {
    if (write.kind === "delete") await registry.delete(write.record, write.key);
    else {
      const bytes = new TextEncoder().encode(JSON.stringify(write.value));
      await registry.put(write.record, write.key, bytes);
    }
  }
  return readRecords(registry);
}
