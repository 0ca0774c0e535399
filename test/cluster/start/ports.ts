import { createServer } from "node:net";
import { findFreePorts } from "../host/free-port.ts";
import type { Progress } from "../host/progress.ts";

/** Ports that people know; taken ones are replaced by free ones, and that is said. */
const WELL_KNOWN = { mesos: 5050, marathon: 8080 } as const;
const TITLES = { mesos: "Mesos", marathon: "Marathon" } as const;

export type ApiPorts = Readonly<Record<keyof typeof WELL_KNOWN, number>>;

/** A port on loopback for each of our APIs. */
export async function chooseApiPorts(progress: Progress): Promise<ApiPorts> {
  return {
    mesos: await choose("mesos", progress),
    marathon: await choose("marathon", progress),
  };
}

async function choose(api: keyof typeof WELL_KNOWN, progress: Progress): Promise<number> {
  const wanted = WELL_KNOWN[api];
  if (await isFree(wanted)) return wanted;
  const [port = 0] = await findFreePorts(1);
  progress.note(`port ${wanted} is taken on this machine: ${TITLES[api]} is on ${port}`);
  return port;
}

/** A port counts as taken too when it is another address's: whoever asks `localhost` would reach that one. */
async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::"]) {
    if (!(await canListen(port, host))) return false;
  }
  return true;
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 has nobody listening there.
      resolve(error.code !== "EADDRINUSE");
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
