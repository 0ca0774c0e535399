import { expect } from "chai";
import { given, type StoryWorld } from "../../support/product/story.ts";
import { theProduct } from "../../support/product/use-product.ts";

/** Size of every instance and every task. */
const UNIT_CPUS = 0.2;
/** More than the pool has. */
const MANY = 20;

const countOf = (role: string, { product }: StoryWorld): number =>
  product.ledger.chargedTo(role).length;

/**
 * The 90th percentile. Between the end of a task and the start of the next one there is a moment without either; and for
 * some milliseconds there may be a Pod that the kubelet is about to refuse, as it still cleans up after the one before.
 */
const usualMost = (counts: readonly number[]): number =>
  counts.toSorted((a, b) => a - b)[Math.floor(counts.length * 0.9)] ?? 0;

describe("two roles that want more than there is", function () {
  this.timeout(240_000);

  before(async function () {
    this.timeout(900_000);
    await theProduct();
  });

  it("a role with a limit reaches it and never passes it (MES-14)", () => {
    let most = 0;
    return given()
      .roles({ bronze: { weight: "1.0", quota: { limits: { cpus: "0.6" } } } })
      .framework({
        name: "limited",
        role: "bronze",
        parallel: MANY,
        cpus: UNIT_CPUS,
        command: "sleep 1",
      })
      .when()
      .does((world) => {
        world.product.ledger.onChange(() => (most = Math.max(most, countOf("bronze", world))));
      })
      .then()
      .waitFor("nine tasks have finished", 90, ({ framework }) => {
        const finished = framework("limited").book.countEnded("TASK_FINISHED");
        return finished >= 9 || finished.toString();
      })
      .does(() => {
        expect(most, "Pods at a time").to.equal(3);
      })
      .tell();
  });

  it("weights 3:1 give an app and a framework 3:1 of the pool (MES-15, MES-27)", () => {
    const shares: { gold: number; bronze: number }[] = [];
    return given()
      .roles({ gold: { weight: "3.0" }, bronze: { weight: "1.0" } })
      .framework({
        name: "batch-work",
        role: "bronze",
        parallel: MANY,
        cpus: UNIT_CPUS,
        command: "sleep 3",
      })
      .waitFor("the framework has the pool for itself", 60, (world) => {
        const count = countOf("bronze", world);
        return count >= 8 || count.toString();
      })
      .when()
      .createdApp("greedy", { role: "gold", instances: MANY, cpus: UNIT_CPUS })
      .then()
      .waitFor("the app has most of the pool", 120, (world) => {
        const [gold, bronze] = [countOf("gold", world), countOf("bronze", world)];
        return gold >= 3 * (bronze - 1) && gold >= 8 ? true : `${gold}:${bronze}`;
      })
      .does(async (world) => {
        const { product, framework } = world;
        const { book } = framework("batch-work");
        const before = book.countEnded("TASK_FINISHED");
        // As many tasks come and go as the role may have three times over: the app could take all of it if it were let.
        await product.waitFor("tasks come and go", 90, () => {
          shares.push({ gold: countOf("gold", world), bronze: countOf("bronze", world) });
          const more = book.countEnded("TASK_FINISHED") - before;
          return more >= 10 || more.toString();
        });
      })
      .does(({ product }) => {
        const gold = usualMost(shares.map((share) => share.gold));
        const bronze = usualMost(shares.map((share) => share.bronze));
        product.figures.note("weights 3:1, units of gold and bronze", `${gold}:${bronze}`);
        expect(Math.abs(gold / 3 - bronze), `${gold}:${bronze}`).to.be.at.most(1);
      })
      .tell();
  });
});
