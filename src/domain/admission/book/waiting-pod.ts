import type { WaitingPod } from "../../allocator/pods/waiting-pod.ts";
import { addResources } from "../../resources/arithmetic.ts";
import { normalizeRanges } from "../../resources/ranges.ts";
import type { Resources } from "../../resources/resource.ts";
import { PORTS_ANNOTATION } from "../names.ts";
import type { PoolPod } from "../pool-pod.ts";

/** Host ports that an admission wrote on the pod. */
function writtenPorts(pod: PoolPod): readonly number[] {
  const text = pod.object.metadata.annotations?.[PORTS_ANNOTATION] ?? "";
  return pod.dynamicPorts === 0 ? [] : text.split(",").map(Number).filter(Number.isInteger);
}

/** What is charged: the request, and the ports once they are known. */
function chargedRequest(pod: PoolPod): Resources {
  const ports = writtenPorts(pod).filter((port) => port > 0);
  if (ports.length === 0) return pod.request;
  const ranges = normalizeRanges(ports.map((port) => [port, port]));
  return addResources(pod.request, [{ kind: "ranges", name: "ports", reservations: [], ranges }]);
}

/** The pod as the allocator queues and charges it. */
export function waitingPod(
  pod: PoolPod,
  answers: Required<Pick<WaitingPod, "canRunOn" | "placeKey">>,
): WaitingPod {
  return {
    uid: pod.uid,
    role: pod.role,
    request: pod.state.kind === "waiting" ? pod.request : chargedRequest(pod),
    ...(pod.dynamicPorts > 0 && pod.state.kind === "waiting"
      ? { dynamicPorts: pod.dynamicPorts }
      : {}),
    priority: pod.priority,
    createdMs: pod.createdMs,
    acceptedRoles: pod.acceptedRoles,
    ...(pod.appKey === undefined ? {} : { appKey: pod.appKey }),
    ...answers,
  };
}
