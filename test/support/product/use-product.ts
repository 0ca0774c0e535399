import { stdout } from "node:process";
import { Product } from "./product.ts";
import { startTestBed } from "./test-bed.ts";

let started: Promise<Product> | undefined;

async function start(): Promise<Product> {
  const bed = await startTestBed();
  try {
    return await Product.install(bed);
  } catch (error) {
    await bed.stop();
    throw error;
  }
}

/** The one installation of this mocha run: made when the first story asks for it, taken down after the last test. */
export function theProduct(): Promise<Product> {
  return (started ??= start());
}

// Registered on mocha's root suite, as this module is loaded by story files only.
after(async function stopProduct() {
  this.timeout(120_000);
  const product = await started?.catch(() => undefined);
  if (product === undefined) return;
  const lines = product.figures.lines().map((line) => `    ${line}\n`);
  if (lines.length > 0) stdout.write(`\n  measured on the way\n${lines.join("")}`);
  await product.stop();
});
