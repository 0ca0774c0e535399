/** Bits of dense indexes, 32 to a word. */
export function hasBit(words: Uint32Array, base: number, bit: number): boolean {
  return (((words[base + (bit >>> 5)] as number) >>> (bit & 31)) & 1) !== 0;
}

export function setBit(words: Uint32Array, base: number, bit: number, on: boolean): void {
  const place = base + (bit >>> 5);
  const mask = 1 << (bit & 31);
  const word = words[place] as number;
  words[place] = on ? word | mask : word & ~mask;
}
