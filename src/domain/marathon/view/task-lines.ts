import type { Task } from "../../../api/marathon/answers.ts";
import type { KnownApp } from "./app-view.ts";

/**
 * The lines that scripts of old read: per app and port `app_id<TAB>servicePort<TAB>host:port host:port …`, the id with `_`
 * for slashes; an app without ports has one line with a blank port.
 */
export function taskLines(apps: readonly { known: KnownApp; tasks: readonly Task[] }[]): string {
  const lines = apps.flatMap(({ known, tasks }) => {
    const id = known.app.id.replace(/^\//, "").replaceAll("/", "_");
    const running = tasks.filter(({ state }) => state === "TASK_RUNNING");
    if (known.servicePorts.length === 0) {
      return [`${id}\t \t${running.map(({ host }) => host).join(" ")}`];
    }
    return known.servicePorts.map((servicePort, i) => {
      const addresses = running.map(({ host, ports }) => `${host}:${ports[i] ?? 0}`);
      return `${id}\t${servicePort}\t${addresses.join(" ")}`;
    });
  });
  return lines.map((line) => `${line}\n`).join("");
}
