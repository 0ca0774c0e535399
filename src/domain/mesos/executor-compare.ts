import { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import { encodeJson } from "../../api/mesos/json-encode.ts";

/** Whether two ExecutorInfos mean the same executor; `framework_id` may be filled in on one side only. */
export function sameExecutorInfo(a: ExecutorInfo, b: ExecutorInfo): boolean {
  return canonical(a) === canonical(b);
}

/** Field order does not matter: the table writes fields by number and fills in defaults. */
function canonical(info: ExecutorInfo): string {
  const { framework_id: _ignored, ...rest } = info;
  const resources = (info.resources ?? []).map(
    ({ allocation_info: _role, ...resource }) => resource,
  );
  return encodeJson(ExecutorInfo, { ...rest, resources });
}
