import { asId, type FrameworkId } from "../../../api/ids/ids.ts";
import { base64ByteLength } from "../../../api/mesos/base64.ts";
import type { FrameworkInfo } from "../../../api/mesos/framework-info.ts";
import { SchedulerCall } from "../../../api/mesos/scheduler-call.ts";
import { registrationFault } from "../../../domain/authorization/framework-permissions.ts";
import { updateFault } from "../../../domain/mesos/framework-update.ts";
import type { HttpAnswer, HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import type { Door } from "./door.ts";
import type { Leadership } from "./leadership.ts";
import { acceptedFormat, checkLeading, checkPost, contentTypeOf, readCall } from "./pipeline.ts";
import { textReply } from "./replies.ts";
import { changeOfSchedulerCall } from "./scheduler-audit.ts";
import type { Visit } from "./visit.ts";

export interface SchedulerApiOptions {
  readonly leadership: () => Leadership;
  readonly door: Door;
  readonly lenientInput: boolean;
}

const NO_CALL_BODY: ReadonlySet<string> = new Set(["REVIVE", "SUPPRESS", "TEARDOWN"]);

/** `POST /api/v1/scheduler`: the checks of spec/mesos.md section 3 in their order; the first that fails answers. */
export class SchedulerApi {
  readonly #options: SchedulerApiOptions;

  constructor(options: SchedulerApiOptions) {
    this.#options = options;
  }

  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const { door } = this.#options;
    return door.admit(request, "mesos-master-scheduler", (visit) => this.#serve(visit));
  }

  #serve(visit: Visit): HttpAnswer {
    const { leadership, lenientInput } = this.#options;
    const { request, principal } = visit;
    const leading = checkLeading(request, leadership());
    if (!leading.ok) return leading.reply;
    const post = checkPost(request);
    if (!post.ok) return post.reply;
    const read = readCall(request, SchedulerCall, lenientInput);
    if (!read.ok) return read.reply;
    const { call } = read.value;
    const change = changeOfSchedulerCall(call);
    if (change !== undefined) visit.changes(change.verb, change.resource);
    const fault = callFault(call, principal);
    if (fault !== undefined) {
      return textReply(400, `Failed to validate scheduler::Call: ${fault}`);
    }
    return call.type === "SUBSCRIBE"
      ? this.#subscribe(visit, leading.value, call)
      : this.#call(visit, leading.value, call);
  }

  #subscribe(visit: Visit, host: EngineHost, call: SchedulerCall): HttpAnswer {
    const { request, principal } = visit;
    const format = acceptedFormat(request);
    if (!format.ok) return format.reply;
    if (request.headers["mesos-stream-id"] !== undefined) {
      return textReply(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
    }
    const { subscribe } = call;
    if (subscribe === undefined) return textReply(400, "");
    const owned = ownedBy(principal, subscribe.framework_info);
    // The answer is a stream whose first record is ERROR.
    if (registrationFault(visit.acls, owned) !== undefined) visit.deny();
    const streamId = host.newStreamId();
    return {
      kind: "stream",
      status: 200,
      headers: { "Content-Type": contentTypeOf(format.value), "Mesos-Stream-Id": streamId },
      open: (sink) =>
        host.openFrameworkStream(sink, streamId, format.value, {
          ...subscribe,
          framework_info: owned,
        }),
    };
  }

  #call(visit: Visit, host: EngineHost, call: SchedulerCall): HttpReply {
    const { request, principal } = visit;
    const frameworkId = asId<FrameworkId>(call.framework_id?.value ?? "");
    const refusal = streamRefusal(request, host, frameworkId, principal);
    if (refusal !== undefined) return refusal;
    if (call.type === "RECONCILE_OPERATIONS") {
      const format = acceptedFormat(request);
      if (!format.ok) return format.reply;
    }
    if (call.type === "UPDATE_FRAMEWORK") return updateFramework(visit, host, frameworkId, call);
    host.callFramework(frameworkId, call);
    return textReply(202, "");
  }
}

/** A framework that does not say whose it is belongs to whoever subscribed it. */
function ownedBy(principal: string | undefined, info: FrameworkInfo): FrameworkInfo {
  return principal === undefined || info.principal !== undefined ? info : { ...info, principal };
}

/** All or nothing; unlike other calls it is answered 200 when it has taken effect. */
function updateFramework(
  visit: Visit,
  host: EngineHost,
  frameworkId: FrameworkId,
  call: SchedulerCall,
): HttpReply {
  const { state, config } = host.engine;
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined || call.update_framework === undefined) {
    return textReply(400, "Framework cannot be found");
  }
  const info = ownedBy(visit.principal, call.update_framework.framework_info);
  const update = { ...call.update_framework, framework_info: info };
  const fault = updateFault(framework.info, update, config);
  if (fault !== undefined) return textReply(400, fault);
  const lacking = registrationFault(visit.acls, info);
  if (lacking !== undefined) return textReply(403, lacking);
  host.callFramework(frameworkId, { ...call, update_framework: update });
  return textReply(200, "");
}

/** Row 7: the shape of the call. */
function callFault(call: SchedulerCall, principal: string | undefined): string | undefined {
  const { type } = call;
  if (type === undefined) return "Expecting 'type' to be present";
  const body = type.toLowerCase() as keyof SchedulerCall;
  if (!NO_CALL_BODY.has(type) && call[body] === undefined) {
    return `Expecting '${body}' to be present`;
  }
  if (type === "SUBSCRIBE") return subscribeShapeFault(call, principal);
  if (call.framework_id === undefined) return "Expecting 'framework_id' to be present";
  if (type === "UPDATE_FRAMEWORK") {
    const given = call.update_framework?.framework_info.id?.value;
    if (given !== call.framework_id.value) {
      return "'framework_id' differs from 'update_framework.framework_info.id'";
    }
    return principalFault(principal, call.update_framework?.framework_info.principal);
  }
  if (type === "ACKNOWLEDGE") return uuidFault(call.acknowledge?.uuid);
  if (type === "ACKNOWLEDGE_OPERATION_STATUS") {
    const ack = call.acknowledge_operation_status;
    return (
      uuidFault(ack?.uuid) ?? (ack?.agent_id ? undefined : "Expecting 'agent_id' to be present")
    );
  }
  return undefined;
}

function subscribeShapeFault(
  call: SchedulerCall,
  principal: string | undefined,
): string | undefined {
  const info = call.subscribe?.framework_info;
  const inner = info?.id?.value ?? "";
  const outer = call.framework_id?.value ?? "";
  if (inner !== outer && (inner !== "" || outer !== "") && call.framework_id !== undefined) {
    return "'framework_id' differs from 'subscribe.framework_info.id'";
  }
  return principalFault(principal, info?.principal);
}

function principalFault(
  authenticated: string | undefined,
  claimed: string | undefined,
): string | undefined {
  if (authenticated === undefined || claimed === undefined || authenticated === claimed) {
    return undefined;
  }
  return `Authenticated principal '${authenticated}' does not match principal '${claimed}' set in \`FrameworkInfo\``;
}

function uuidFault(uuid: string | undefined): string | undefined {
  if (uuid === undefined) return undefined;
  const bytes = base64ByteLength(uuid);
  return bytes === 16 ? undefined : `Not a valid UUID: expected 16 bytes, got ${bytes}`;
}

/** Rows 10 to 14: the caller must be the one live stream of the framework. */
function streamRefusal(
  request: HttpRequest,
  host: EngineHost,
  frameworkId: FrameworkId,
  principal: string | undefined,
): HttpReply | undefined {
  const framework = host.engine.state.frameworks.get(frameworkId);
  if (framework === undefined) return textReply(400, "Framework cannot be found");
  const fault = principalFault(principal, framework.info.principal);
  if (fault !== undefined) return textReply(400, fault);
  if (framework.connection.kind !== "connected") {
    return textReply(403, "Framework is not subscribed");
  }
  const streamId = request.headers["mesos-stream-id"];
  if (streamId === undefined) {
    return textReply(400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
  }
  if (streamId !== framework.connection.streamId) {
    return textReply(
      400,
      `The stream ID '${streamId}' included in this request didn't match the stream ID currently ` +
        `associated with framework ID ${frameworkId}`,
    );
  }
  return undefined;
}
