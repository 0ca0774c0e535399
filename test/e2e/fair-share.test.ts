import { expect } from "chai";
import { given, type StoryWorld } from "../support/product/story.ts";
import { theProduct } from "../support/product/use-product.ts";

/** Size of every instance and every task. */
const UNIT_CPUS = 0.2;
/** More than the pool has. */
const MANY = 20;

const countOf = (role: string, { product }: StoryWorld): number =>
  product.ledger.chargedTo(role).length;

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
});
