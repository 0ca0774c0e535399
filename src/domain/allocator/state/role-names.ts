/** Dense indexes of role names with their place in the hierarchy; a name keeps its index for good. */
export class RoleNames {
  readonly #names: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #lineages: (readonly number[])[] = [];
  readonly #depths: number[] = [];
  readonly #tops: number[] = [];

  get count(): number {
    return this.#names.length;
  }

  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const slash = name.lastIndexOf("/");
    const above = slash < 0 ? [] : this.lineage(this.indexOf(name.slice(0, slash)));
    const index = this.#names.length;
    this.#names.push(name);
    this.#indexes.set(name, index);
    this.#lineages.push([index, ...above]);
    this.#depths.push(above.length);
    this.#tops.push(above.at(-1) ?? index);
    return index;
  }

  find(name: string): number | undefined {
    return this.#indexes.get(name);
  }

  nameOf(role: number): string {
    return this.#names[role] as string;
  }

  /** The role itself, then its ancestors upwards. */
  lineage(role: number): readonly number[] {
    return this.#lineages[role] as readonly number[];
  }

  /** The top-level role it belongs to; quota is kept there. */
  topOf(role: number): number {
    return this.#tops[role] as number;
  }

  isNested(role: number): boolean {
    return (this.#depths[role] as number) > 0;
  }

  /** Whether resources reserved to `owner` may go to `role`: itself or an ancestor of it. */
  mayUse(role: number, owner: number): boolean {
    return role === owner || this.lineage(role).includes(owner);
  }
}
