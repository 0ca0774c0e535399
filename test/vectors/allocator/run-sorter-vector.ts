import { Bag } from "../../../src/domain/allocator/state/bag.ts";
import { AmountCodec } from "../../../src/domain/allocator/state/amounts.ts";
import { Kinds } from "../../../src/domain/allocator/state/kinds.ts";
import { RoleNames } from "../../../src/domain/allocator/state/role-names.ts";
import { ScalarNames } from "../../../src/domain/allocator/state/scalar-names.ts";
import { SharedUse } from "../../../src/domain/allocator/state/shared-use.ts";
import { SeededRandom } from "../../../src/domain/allocator/seeded-random.ts";
import { ClientTree } from "../../../src/domain/allocator/sorter/client-tree.ts";
import { PreorderCursor } from "../../../src/domain/allocator/sorter/preorder-cursor.ts";
import { ShuffledCursor } from "../../../src/domain/allocator/sorter/shuffled-cursor.ts";
import { SorterForest } from "../../../src/domain/allocator/sorter/sorter-forest.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { checkShares } from "./check-want.ts";
import type { RandomSorterVector, SorterStep, SorterVector, SorterWant } from "./vector-format.ts";

/** All resources of a sorter vector lie on one agent. */
const AGENT = 0;

/** The sorter of one vector, told by steps. */
class SorterWorld {
  readonly #names = new ScalarNames();
  readonly #codec = new AmountCodec(this.#names, new Kinds(this.#names, new RoleNames()));
  readonly #forest = new SorterForest(this.#names, []);
  readonly #shared = new SharedUse(this.#forest);
  readonly #tree = new ClientTree(this.#forest, (from, to, reason) => {
    this.#shared.move(from, to, reason);
  });
  readonly #paths: string[] = [];
  readonly #held = new Map<string, { text: string; sign: 1 | -1 }[]>();

  setTotals(text: string): void {
    const { plain } = this.#codec.encode(resourcesOf(text));
    this.#forest.addTotals(plain.map((milli, k) => milli - (this.#forest.totals[k] ?? 0)));
  }

  do(step: SorterStep): void {
    const client = step.client ?? "";
    switch (step.do) {
      case "add":
        this.#forest.setActive(this.#tree.add(client, this.#paths.push(client) - 1), true);
        return;
      case "remove":
        for (const { text, sign } of this.#held.get(client) ?? []) {
          this.#changeShared(client, text, sign === 1 ? -1 : 1);
        }
        this.#held.delete(client);
        this.#tree.remove(client);
        return;
      case "activate":
      case "deactivate":
        this.#forest.setActive(this.#leaf(client), step.do === "activate");
        return;
      case "allocate":
        this.#change(client, step.resources ?? "", 1, 1);
        return;
      case "unallocate":
        this.#change(client, step.resources ?? "", -1, 0);
        return;
      case "replace":
        this.#change(client, step.from ?? "", -1, 0);
        this.#change(client, step.to ?? "", 1, 0);
        return;
      case "setWeight":
        this.#tree.setWeight(step.path ?? "", step.weight ?? 1);
        return;
      case "setTotals":
        this.setTotals(step.totals ?? "");
        return;
      case "sort":
        return;
      default:
        throw new Error(`no such step: ${step.do}`);
    }
  }

  check(want: SorterWant): string | undefined {
    this.#forest.refresh();
    const cursor = new PreorderCursor(this.#forest);
    const order: string[] = [];
    cursor.reset(this.#tree.root);
    for (let node = cursor.next(); node >= 0; node = cursor.next()) {
      order.push(this.#paths[this.#forest.client[node] as number] as string);
    }
    if (want.order !== undefined && want.order.join(" ") !== order.join(" ")) {
      return `order: wanted ${want.order.join(" ")}, got ${order.join(" ")}`;
    }
    if (want.count !== undefined && want.count !== this.#tree.size) {
      return `count: wanted ${want.count}, got ${this.#tree.size}`;
    }
    if (want.shares === undefined) return undefined;
    const got = new Map(
      Object.keys(want.shares).map((path) => {
        const node = this.#tree.nodeOf(path);
        return [path, node === undefined ? NaN : (this.#forest.share[node] as number)];
      }),
    );
    return checkShares("shares", want.shares, got);
  }

  #change(client: string, text: string, sign: 1 | -1, counts: 0 | 1): void {
    const { plain, bag } = this.#codec.encode(resourcesOf(text));
    const delta = plain.map((milli) => sign * milli);
    for (const { name, milli } of bag.sums) delta[name] = (delta[name] ?? 0) + sign * milli;
    this.#forest.change(this.#leaf(client), delta, counts);
    if (bag.hasShared) this.#changeShared(client, text, sign);
    const held = this.#held.get(client) ?? [];
    this.#held.set(client, [...held, { text, sign }]);
  }

  #changeShared(client: string, text: string, sign: 1 | -1): void {
    const { bag } = this.#codec.encode(resourcesOf(text));
    const shared = new Bag(bag.items.filter(({ kind }) => kind.isShared));
    this.#shared.change(this.#leaf(client), AGENT, shared, sign);
  }

  #leaf(client: string): number {
    const leaf = this.#tree.leafOf(client);
    if (leaf === undefined) throw new Error(`client ${client} was not added`);
    return leaf;
  }
}

export function runSorterVector({ given, steps, want }: SorterVector): string | undefined {
  const world = new SorterWorld();
  world.setTotals(given.totals);
  for (const [path, weight] of Object.entries(given.weights ?? {})) {
    world.do({ do: "setWeight", path, weight });
  }
  for (const [index, step] of steps.entries()) {
    world.do(step);
    for (const one of want.filter(({ after }) => after === index + 1)) {
      const why = world.check(one);
      if (why !== undefined) return `step ${index + 1} (${step.do}): ${why}`;
    }
  }
  return undefined;
}

export function runRandomSorterVector(
  vector: RandomSorterVector,
  seed: number,
): string | undefined {
  const { clients, weights } = vector.given;
  const forest = new SorterForest(new ScalarNames(), []);
  const tree = new ClientTree(forest);
  for (const [path, weight] of Object.entries(weights)) tree.setWeight(path, weight);
  clients.forEach((client, index) => forest.setActive(tree.add(client, index), true));
  const cursor = new ShuffledCursor(forest, new SeededRandom(seed));
  const times = vector.steps[0]?.times ?? 0;
  const firsts = new Map(clients.map((client) => [client, 0]));
  const lasts = new Map(clients.map((client) => [client, 0]));
  for (let i = 0; i < times; i += 1) {
    cursor.reset(tree.root);
    const order = clients.map(() => clients[forest.client[cursor.next()] as number] as string);
    const [first = "", last = ""] = [order[0], order.at(-1)];
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
    lasts.set(last, (lasts.get(last) ?? 0) + 1);
  }
  for (const { first, last, tolerance } of vector.want) {
    for (const [what, wanted, got] of [
      ["first", first, firsts] as const,
      ["last", last, lasts] as const,
    ]) {
      for (const [client, chance] of Object.entries(wanted)) {
        const seen = (got.get(client) ?? 0) / times;
        if (Math.abs(seen - chance) > tolerance)
          return `${client} ${what}: wanted ${chance}, got ${seen}`;
      }
    }
  }
  return undefined;
}
