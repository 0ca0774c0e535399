import type { RealKube } from "../kubernetes/real-kube.ts";

const CALL_MAX_MS = 10_000;

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: { readonly name: string } };
  }[];
}

/** What `kubectl get -o wide` prints, as the server gives it: cells by column, rows by name; a cell without a value is null. */
export type PrintedTable = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export async function printedTable(
  { client }: RealKube,
  namespace: string,
  plural: "mesosclusters" | "marathonapps",
): Promise<PrintedTable> {
  const table = await client.json<Table>({
    method: "GET",
    verb: "list",
    path: `/apis/orchestrator.io/v1alpha1/namespaces/${namespace}/${plural}`,
    accept: "application/json;as=Table;g=meta.k8s.io;v=v1",
    repeatable: "idempotent",
    signal: AbortSignal.timeout(CALL_MAX_MS),
  });
  const columns = table.columnDefinitions.map(({ name }) => name);
  return new Map(
    table.rows.map(({ cells, object }) => [
      object.metadata.name,
      Object.fromEntries(columns.map((column, at) => [column, cells[at]])),
    ]),
  );
}
