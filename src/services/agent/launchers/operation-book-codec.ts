import { z } from "zod";
import { Operation } from "../../../api/mesos/operation.ts";
import { Resource } from "../../../api/mesos/resource.ts";
import { zodMessage } from "../../../api/mesos/zod.ts";
import type { AppliedOperation, OperationBook } from "../../../domain/agent/operation-book.ts";
import { readResources, writeResources } from "../../../domain/mesos/wire-resources.ts";

const storedBook = z.object({
  resources: z.array(zodMessage(Resource)),
  operations: z.array(zodMessage(Operation)),
});

/** The book as JSON text. */
export function encodeOperationBook({ checkpointed, operations }: OperationBook): string {
  return JSON.stringify({
    resources: writeResources(checkpointed, { refined: true }),
    operations: [...operations.values()].map(({ uuid, frameworkId, info, status }) => ({
      ...(frameworkId === undefined ? {} : { framework_id: { value: frameworkId } }),
      info,
      latest_status: status,
      uuid: { value: uuid },
    })),
  });
}

/** The book that parsed JSON stands for; undefined when a part of it cannot be read. */
export function readOperationBook(stored: unknown): OperationBook | undefined {
  const parsed = storedBook.safeParse(stored);
  if (!parsed.success) return undefined;
  const read = readResources(parsed.data.resources);
  if (!read.ok) return undefined;
  const operations = new Map<string, AppliedOperation>();
  for (const { uuid, framework_id, info, latest_status } of parsed.data.operations) {
    if (latest_status.uuid === undefined) return undefined;
    operations.set(uuid.value, {
      uuid: uuid.value,
      ...(framework_id === undefined ? {} : { frameworkId: framework_id.value }),
      info,
      status: { ...latest_status, uuid: latest_status.uuid },
    });
  }
  return { checkpointed: read.resources, operations };
}
