import { conditionOf } from "./conditions.ts";
import type { Product } from "./product.ts";
import type { StoryFramework, StoryFrameworkSpec } from "./story-framework.ts";
import { theProduct } from "./use-product.ts";
import type { Verdict } from "./verdict.ts";

/** Long enough for pods to start on a machine that does other things too. */
const START_SECONDS = 90;

/** What the steps of a story work with. */
export interface StoryWorld {
  readonly product: Product;
  /** A framework of this story, by its name. */
  readonly framework: (name: string) => StoryFramework;
}

type Step = (world: StoryWorld) => Promise<void>;

/**
 * `await given().app("web", …).when().kubectl("scale", …).then().waitFor("…", 30, …).tell()`. Steps run in the order they are
 * written, on the one installation that all stories share; what a story brought it takes away again, however it ends.
 */
export class Story {
  readonly #steps: Step[] = [];
  readonly #cleanUps: Step[] = [];
  readonly #frameworks = new Map<string, StoryFramework>();

  when(): this {
    return this;
  }

  then(): this {
    return this;
  }

  /** See {@link Product.create}; gone after the story. */
  createdApp(name: string, spec: object = {}): this {
    return this.does(async ({ product }) => {
      this.#cleanUps.push(() => product.remove(name));
      await product.create(name, spec);
    });
  }

  /** See {@link Product.create}; Ready before the next step, gone after the story. */
  app(name: string, spec: object = {}): this {
    return this.createdApp(name, spec).does(async ({ product }) => {
      await product.waitFor(`app ${name} is Ready`, START_SECONDS, async () => {
        const ready = conditionOf(await product.app(name), "Ready");
        return ready?.status === "True" || `${ready?.reason ?? "?"} ${ready?.message ?? ""}`;
      });
    });
  }

  /** Roles of the pool beside those of the sample, as `name: spec`. */
  roles(roles: Readonly<Record<string, object>>): this {
    return this.does(async ({ product }) => {
      this.#cleanUps.push(() => applyRoles(product, {}));
      await applyRoles(product, roles);
    });
  }

  /** A Mesos framework outside the cluster; subscribed before the next step. */
  framework(spec: StoryFrameworkSpec): this {
    return this.does(async ({ product }) => {
      const framework = product.startFramework(spec);
      this.#frameworks.set(spec.name, framework);
      this.#cleanUps.push(() => product.endFramework(framework));
      await product.waitFor("the framework is subscribed", 30, () => framework.id !== "");
    });
  }

  kubectl(...args: readonly string[]): this {
    return this.does(async ({ product }) => {
      await product.kubectl(...args);
    });
  }

  /** `kubectl argo rollouts …` */
  argo(...args: readonly string[]): this {
    return this.kubectl("argo", "rollouts", ...args);
  }

  does(step: (world: StoryWorld) => Promise<void> | void): this {
    this.#steps.push(async (world) => step(world));
    return this;
  }

  waitFor(
    what: string,
    seconds: number,
    condition: (world: StoryWorld) => Promise<Verdict> | Verdict,
  ): this {
    return this.does((world) => world.product.waitFor(what, seconds, () => condition(world)));
  }

  /** Done at the end, however the story ends; the last one first. */
  finally(step: (world: StoryWorld) => Promise<void> | void): this {
    this.#cleanUps.push(async (world) => step(world));
    return this;
  }

  /** Runs it. @throws what the first failing step throws; else the first failure of a clean-up. */
  async tell(): Promise<void> {
    const product = await theProduct();
    const world: StoryWorld = { product, framework: (name) => this.#frameworkOf(name) };
    const failures: unknown[] = [];
    const attempt = async (step: Step): Promise<void> => {
      try {
        await step(world);
      } catch (error) {
        failures.push(error);
      }
    };
    await attempt(async () => {
      for (const step of this.#steps) await step(world);
    });
    for (const cleanUp of this.#cleanUps.reverse()) await attempt(cleanUp);
    if (failures.length > 0) throw failures[0];
  }

  #frameworkOf(name: string): StoryFramework {
    const framework = this.#frameworks.get(name);
    if (framework === undefined) throw new Error(`this story has no framework ${name}`);
    return framework;
  }
}

export function given(): Story {
  return new Story();
}

/** Server-side apply under a name of its own: roles of others stay theirs. */
async function applyRoles(
  product: Product,
  roles: Readonly<Record<string, object>>,
): Promise<void> {
  const manifest = {
    apiVersion: "orchestrator.io/v1alpha1",
    kind: "MesosCluster",
    metadata: { name: "mesos" },
    spec: { roles: Object.entries(roles).map(([name, spec]) => ({ name, ...spec })) },
  };
  const { exitCode, stderr } = await product.apply(manifest, "--field-manager=story");
  if (exitCode !== 0) throw new Error(stderr);
}
