import type { ZkEnsemble } from "../zk-ensemble/zk-ensemble.ts";

/** Where a detector of the field sends its framework; undefined: it waits. */
export type Detected = { readonly ip: string; readonly port: number } | undefined;

/** Reads the znodes with ZooKeeper's own command line, which shares nothing with our client. */
async function childrenOf(ensemble: ZkEnsemble, path: string): Promise<readonly string[]> {
  const list = /^\[(?<names>.*)\]$/m.exec(await ensemble.cli("ls", path))?.groups?.["names"];
  if (list === undefined) throw new Error(`${path} cannot be listed`);
  return list === "" ? [] : list.split(", ");
}

async function dataOf(ensemble: ZkEnsemble, path: string): Promise<string> {
  const out = await ensemble.cli("get", path);
  return out.split("\n").find((line) => line.startsWith("{")) ?? "";
}

/** As pymesos 0.3: the smallest name but `log_replicas`; `address.ip` and `address.port` of its JSON. */
export async function detectAsPymesos(ensemble: ZkEnsemble, path: string): Promise<Detected> {
  const [first] = (await childrenOf(ensemble, path))
    .filter((name) => name !== "log_replicas")
    .sort();
  if (first === undefined) return undefined;
  const { address } = JSON.parse(await dataOf(ensemble, `${path}/${first}`)) as {
    address: { ip: string; port: number };
  };
  return { ip: address.ip, port: address.port };
}

/** As mesos-go and Mesos before 0.24: members by prefix, the lowest number; `ip` as a number, its first octet lowest, and `port`. */
export async function detectAsMesosGo(ensemble: ZkEnsemble, path: string): Promise<Detected> {
  const numberOf = (name: string): number => Number(name.slice(name.lastIndexOf("_") + 1));
  const [first] = (await childrenOf(ensemble, path))
    .filter((name) => name.startsWith("json.info_"))
    .sort((left, right) => numberOf(left) - numberOf(right));
  if (first === undefined) return undefined;
  const data = JSON.parse(await dataOf(ensemble, `${path}/${first}`)) as {
    ip: number;
    port: number;
  };
  const bytes = new Uint8Array(Uint32Array.of(data.ip).buffer);
  return { ip: bytes.join("."), port: data.port };
}
