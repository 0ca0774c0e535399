import { ZkEnsemble, type ZkEnsembleOptions } from "./zk-ensemble.ts";

const START_MAX_MS = 300_000;

/** A real ensemble for the tests of a suite; started before the first, stopped after the last. */
export function useEnsemble(options: ZkEnsembleOptions): () => ZkEnsemble {
  let ensemble: ZkEnsemble | undefined;
  before(async function start() {
    this.timeout(START_MAX_MS);
    ensemble = await ZkEnsemble.start(options);
  });
  after(async function stop() {
    this.timeout(START_MAX_MS);
    await ensemble?.stop();
  });
  return () => {
    if (ensemble === undefined) throw new Error("the ensemble is not there yet");
    return ensemble;
  };
}
