import { expect } from "chai";
import { env } from "node:process";
import { CUSTOM_KINDS } from "../../../src/api/crd/v1alpha1/kinds.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { objectSchema } from "../../generate/crd.ts";
import { SpecCorpus } from "../../support/crd/spec-corpus.ts";
import { useNamespace } from "../../support/kubernetes/use-namespace.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

/** Objects per kind; 10,000 for a thorough run. */
const SIZE = Number(env.ORCHESTRATOR_CORPUS_SIZE ?? 300);
const LANES = 16;

describe("zod and the API server on the same specs", function () {
  this.timeout(Math.max(120_000, SIZE * 200));
  const own = useNamespace("corpus");
  const signal = AbortSignal.timeout(3_600_000);

  for (const definition of CUSTOM_KINDS) {
    it(`agree on ${SIZE} specs of ${definition.kind.kind}`, async () => {
      const corpus = new SpecCorpus(new SeededRandom(20_261_121));
      const schema = objectSchema(definition).properties?.spec ?? {};
      const specs = Array.from({ length: SIZE }, () => corpus.draw(schema));
      const quarrels: string[] = [];
      let accepted = 0;

      const judge = async (spec: unknown, index: number): Promise<void> => {
        const parsed = definition.spec.safeParse(spec);
        const object = { metadata: { name: `spec-${index}`, namespace: own.namespace }, spec };
        const said = await own.kube.transport
          .create(definition.kind, object as never, { signal, dryRun: true })
          .then(
            () => undefined,
            (error: unknown) => {
              if (isOperatingError(error, "KUBE_INVALID")) return error.message;
              throw error;
            },
          );
        if (said === undefined) accepted += 1;
        if (parsed.success !== (said === undefined)) {
          const ours = parsed.error?.issues.map(
            ({ path, message }) => `${path.join(".")}: ${message}`,
          );
          quarrels.push(
            `server: ${said ?? "takes it"}; zod: ${ours?.join("; ") ?? "takes it"}; ${JSON.stringify(spec)}`,
          );
        }
      };
      const lane = async (first: number): Promise<void> => {
        for (let index = first; index < specs.length; index += LANES) {
          await judge(specs[index], index);
        }
      };
      await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
      expect(quarrels).to.deep.equal([]);
      expect(accepted, "the corpus holds both kinds").to.be.within(SIZE * 0.1, SIZE * 0.97);
    });
  }
});
