// A client's process for single requests: how long each takes and nothing else. See adapters/request-client.ts.
import { Pool } from "undici";
import { Latencies } from "../run/latencies.ts";
import type { RequestOrder, RequestReport } from "../adapters/request-client.ts";

// Whoever ordered it is gone.
process.once("disconnect", () => process.exit(1));
process.once("message", (order: RequestOrder) => {
  process.once("message", () => {
    // A failure ends the process, which is an answer too.
    void sendAll(order);
  });
  process.send?.("ready");
});

async function sendAll({ port, connections, requests }: RequestOrder): Promise<void> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 });
  const latencies = new Latencies();
  const statuses = new Map<number, number>();
  let bytes = 0;
  const waiting = [...requests].reverse();
  const lane = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const startedMs = performance.now();
      const { path, headers, body } = next;
      const answer = await pool.request({ method: "POST", path, headers, body });
      for await (const chunk of answer.body as AsyncIterable<Buffer>) bytes += chunk.length;
      latencies.note(performance.now() - startedMs);
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  const report: RequestReport = { spread: latencies.spread(), statuses: [...statuses], bytes };
  // All connections end with the process.
  process.send?.(report, () => process.exit(0));
}
