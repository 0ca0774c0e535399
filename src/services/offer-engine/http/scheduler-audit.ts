import type { SchedulerCall } from "../../../api/mesos/scheduler-call.ts";
import type { Change } from "./operator-audit.ts";

/**
 * What a call of a framework changes, as the audit log says it; undefined for the flow of offers (DECLINE, REVIVE,
 * ACKNOWLEDGE …) and for questions.
 */
export function changeOfSchedulerCall(call: SchedulerCall): Change | undefined {
  const framework = `frameworks/${call.framework_id?.value ?? ""}`;
  switch (call.type) {
    case "SUBSCRIBE": {
      const { id, name = "" } = call.subscribe?.framework_info ?? {};
      const given = id?.value ?? "";
      return {
        verb: "SUBSCRIBE",
        resource: given === "" ? `frameworks?name=${name}` : `frameworks/${given}`,
      };
    }
    case "ACCEPT": {
      const kinds = (call.accept?.operations ?? []).map(({ type }) => type ?? "UNKNOWN");
      // Without operations it is a DECLINE.
      if (kinds.length === 0) return undefined;
      return { verb: `ACCEPT ${[...new Set(kinds)].join(",")}`, resource: framework };
    }
    case "KILL":
      return { verb: "KILL", resource: `${framework}/tasks/${call.kill?.task_id.value ?? ""}` };
    case "SHUTDOWN":
      return {
        verb: "SHUTDOWN",
        resource: `${framework}/executors/${call.shutdown?.executor_id.value ?? ""}`,
      };
    case "TEARDOWN":
    case "UPDATE_FRAMEWORK":
      return { verb: call.type, resource: framework };
    default:
      return undefined;
  }
}
