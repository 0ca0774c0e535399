import { z } from "zod";
import { parseMesosDuration } from "../domain/agent/mesos-environment.ts";
import { parseResources } from "../domain/resources/parse-resources.ts";

/** `true`, `false`, `1`, `0`, as Mesos reads its flags. */
export const flag = z.string().transform((text, context) => {
  if (/^(true|1)$/i.test(text)) return true;
  if (/^(false|0)$/i.test(text)) return false;
  context.addIssue({ code: "custom", message: "give true or false" });
  return z.NEVER;
});
/** Milliseconds of `30secs`, `15mins`. */
export const duration = z.string().transform((text, context) => {
  const ms = parseMesosDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: "custom", message: "give a duration such as 30secs, 15mins" });
  return z.NEVER;
});
/** Resources in Mesos' text notation. */
export const resources = z.string().transform((text, context) => {
  const parsed = parseResources(text);
  if (parsed.ok) return parsed.resources;
  context.addIssue({ code: "custom", message: "give resources such as cpus:2;mem:1024" });
  return z.NEVER;
});
