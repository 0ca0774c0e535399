import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { AgentLinkHttp } from "../../../src/adapters/agent-link-http/agent-link-http.ts";
import { subscribeCall } from "../../../src/api/agent-link/calls.ts";
import { AGENT_ID, HttpMaster } from "../../support/agent/http-master.ts";

const SUBSCRIBE = subscribeCall.parse({
  type: "SUBSCRIBE",
  agent_info: { hostname: "node-1", port: 5051, resources: [], attributes: [] },
  version: "0.0.0",
  launcher: "pod",
});

/** As a Service over a leader and its standby: the first connection meets the leader, every other one the standby. */
async function serviceInFrontOf(leader: string): Promise<{ server: Server; address: string }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    if (requests > 1) {
      response.writeHead(307, { location: `${leader}${request.url ?? ""}` }).end();
      return;
    }
    const body = request.toArray();
    void body.then(async (chunks: Buffer[]) => {
      const answer = await fetch(`${leader}${request.url ?? ""}`, {
        method: "POST",
        body: Buffer.concat(chunks),
      });
      response.writeHead(200, { "mesos-stream-id": answer.headers.get("mesos-stream-id") ?? "" });
      for await (const chunk of answer.body ?? []) response.write(chunk);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("AgentLinkHttp behind an address with several masters", () => {
  it("sends every batch to the leader, also when only the subscription met it (MES-01, MES-03)", async () => {
    const master = new HttpMaster();
    const { server, address } = await serviceInFrontOf(await master.start());
    const link = new AgentLinkHttp({ masters: [address] });
    const stop = new AbortController();
    try {
      const stream = await link.open(SUBSCRIBE, { signal: stop.signal });
      const calls = [{ type: "BEAT" as const, seq: 1, sent_at: 0 }];
      const answer = await stream.send({ agent_id: AGENT_ID, calls }, { signal: stop.signal });
      expect(answer).to.deep.equal({ acked_seq: 1 });
      expect(master.calls).to.have.length(1);
    } finally {
      stop.abort();
      await link.close();
      server.closeAllConnections();
      server.close();
      await master.stop();
    }
  });
});
