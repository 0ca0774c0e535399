import { encodeBase64 } from "../../../api/mesos/base64.ts";
import { isPersistentVolume } from "../../../domain/resources/kind.ts";
import {
  addResources,
  containsResources,
  subtractResources,
} from "../../../domain/resources/arithmetic.ts";
import type { Resources } from "../../../domain/resources/resource.ts";
import type { Agent, Framework } from "../../../domain/mesos/master-state.ts";
import { usedOnAgent } from "../../../domain/mesos/views/usage.ts";
import { convertCheckpointed } from "../../../domain/mesos/operations/checkpointed-resources.ts";
import type { Conversion } from "../../../domain/mesos/operations/conversion.ts";
import type {
  OperatingFramework,
  OperationContext,
} from "../../../domain/mesos/operations/operation-context.ts";
import type { PlannedOperation } from "../../../domain/mesos/operations/operation-plan.ts";
import { pendingOperation } from "../../../domain/mesos/operations/operation.ts";
import { RECORD_BYTES_MAX } from "../ports.ts";
import { type EngineContext, tellAllocator } from "./context.ts";
import { deliverOperation } from "./operation-delivery.ts";
import { rescindOffer } from "./offers.ts";

/** What operations on the agent are validated against. */
export function operationContext(
  context: EngineContext,
  agent: Agent,
  asks: { readonly framework?: OperatingFramework; readonly principal?: string | undefined },
): OperationContext {
  const { framework, principal } = asks;
  return {
    agentId: agent.id,
    agentCapabilities: agent.capabilities,
    makesVolumes: agent.makesVolumes,
    checkpointed: agent.checkpointed,
    used: usedOnAgent(context.state, agent),
    ...(framework === undefined ? {} : { framework }),
    ...(principal === undefined ? {} : { principal }),
    ...(agent.keepsCheckpoint ? {} : { recordBytesLeft: recordBytesLeft(context, agent) }),
  };
}

/** A record that is too large ends the leader: half of one is used at most. */
function recordBytesLeft(context: EngineContext, agent: Agent): number {
  const checkpoint = context.state.checkpoints.get(agent.id);
  return RECORD_BYTES_MAX / 2 - JSON.stringify(checkpoint ?? {}).length;
}

/**
 * An operation that a framework did with its offers takes effect: in the allocator and the tables at once, unless only the
 * agent can say what comes of it; then it goes to the agent.
 */
export function startOperation(
  context: EngineContext,
  { framework, agent, role }: { framework: Framework; agent: Agent; role: string },
  { info, conversion, timing }: PlannedOperation,
): void {
  if (info.type === "DESTROY") rescindVolumes(context, agent, conversion.consumed);
  if (timing !== "whenTold") {
    tellAllocator(context, {
      kind: "allocationConverted",
      frameworkId: framework.id,
      role,
      agentId: agent.id,
      from: conversion.consumed,
      to: conversion.converted,
    });
    convertAgent(agent, conversion);
  }
  const { id: frameworkId } = framework;
  const given = { uuid: newUuid(context), frameworkId, agentId: agent.id, role, info };
  deliverOperation(context, agent, pendingOperation(given));
}

/** The tables follow what the allocator was told. */
export function convertAgent(agent: Agent, conversion: Conversion): void {
  agent.checkpointed = convertCheckpointed(agent.checkpointed, conversion);
  agent.total = addResources(
    subtractResources(agent.total, conversion.consumed),
    conversion.converted,
  );
}

/** Offers that hold a volume which goes away end: a shared one may be in several. */
export function rescindVolumes(context: EngineContext, agent: Agent, consumed: Resources): void {
  const volumes = consumed.filter(isPersistentVolume);
  for (const offer of [...agent.offers]) {
    if (volumes.some((volume) => containsResources(offer.resources, [volume]))) {
      rescindOffer(context, offer);
    }
  }
}

/** Base64 of the 16 bytes of a new uuid. */
export function newUuid(context: EngineContext): string {
  const digits = context.random.uuid().replaceAll("-", "").match(/../g) ?? [];
  return encodeBase64(Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16)));
}
