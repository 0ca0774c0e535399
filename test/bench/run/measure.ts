import type { Spread } from "../bench.ts";
import { spreadOf } from "./spread.ts";

/** Wall and CPU time of one sample. */
interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** A sample shorter than this in CPU is too short for the clock: several are taken together. */
const SAMPLE_CPU_MS_MIN = 20;

/** Collects timed sections; what runs between them is not counted. */
export class Stopwatch {
  readonly #sections: Sample[] = [];

  time<T>(work: () => T): T {
    const cpuBefore = process.cpuUsage();
    const wallBefore = performance.now();
    const result = work();
    const wallMs = performance.now() - wallBefore;
    const cpu = process.cpuUsage(cpuBefore);
    this.#sections.push({ wallMs, cpuMs: (cpu.user + cpu.system) / 1000 });
    return result;
  }

  /** Like `time` for work that waits; the CPU is that of the whole process meanwhile. */
  async timeAsync<T>(work: () => Promise<T>): Promise<T> {
    const cpuBefore = process.cpuUsage();
    const wallBefore = performance.now();
    const result = await work();
    const wallMs = performance.now() - wallBefore;
    const cpu = process.cpuUsage(cpuBefore);
    this.#sections.push({ wallMs, cpuMs: (cpu.user + cpu.system) / 1000 });
    return result;
  }

  /** Forgets the warm-up. */
  reset(): void {
    this.#sections.length = 0;
  }

  get rounds(): number {
    return this.#sections.length;
  }

  /** All sections together, as one sample. */
  total(): { wallMs: Spread; cpuMs: Spread } {
    const sum = (column: keyof Sample): number =>
      this.#sections.reduce((all, section) => all + section[column], 0);
    return { wallMs: spreadOf([sum("wallMs")]), cpuMs: spreadOf([sum("cpuMs")]) };
  }

  /** Spread of wall and CPU per section, each divided by `per`; short sections are batched. */
  spread(per = 1): { wallMs: Spread; cpuMs: Spread } {
    const total = this.#sections.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    const mean = total / this.#sections.length;
    const batch = Math.max(1, Math.ceil(SAMPLE_CPU_MS_MIN / Math.max(mean, 0.001)));
    const size = Math.min(batch, Math.max(1, Math.floor(this.#sections.length / 9)));
    const samples: Sample[] = [];
    for (let i = 0; i + size <= this.#sections.length; i += size) {
      const part = this.#sections.slice(i, i + size);
      samples.push({
        wallMs: part.reduce((sum, { wallMs }) => sum + wallMs, 0) / size / per,
        cpuMs: part.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / size / per,
      });
    }
    return {
      wallMs: spreadOf(samples.map(({ wallMs }) => wallMs)),
      cpuMs: spreadOf(samples.map(({ cpuMs }) => cpuMs)),
    };
  }
}
