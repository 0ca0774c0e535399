/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.subarray(0, writeUtf8(text, bytes, 0));
}

/**
 * Writes the same into `bytes` from `at` on, where there is room for three bytes of each UTF-16 unit.
 * @returns the place after the last byte.
 */
export function writeUtf8(text: string, bytes: Uint8Array, at: number): number {
  let to = at;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      bytes[to] = unit;
      to += 1;
      continue;
    }
    const point = text.codePointAt(i) ?? 0;
    if (point > 0xffff) i += 1;
    to = writePoint(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point, bytes, to);
  }
  return to;
}

/** Of a point beyond ASCII. */
function writePoint(point: number, bytes: Uint8Array, at: number): number {
  let to = at;
  if (point < 0x800) {
    bytes[to++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      bytes[to++] = 0xe0 | (point >> 12);
    } else {
      bytes[to++] = 0xf0 | (point >> 18);
      bytes[to++] = 0x80 | ((point >> 12) & 63);
    }
    bytes[to++] = 0x80 | ((point >> 6) & 63);
  }
  bytes[to++] = 0x80 | (point & 63);
  return to;
}

/** The text of UTF-8 bytes; a broken sequence becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i]!;
    const size =
      lead < 0x80 ? 1 : lead >> 5 === 6 ? 2 : lead >> 4 === 14 ? 3 : lead >> 3 === 30 ? 4 : 0;
    const point = size === 0 ? undefined : readPoint(bytes, i, size);
    text += String.fromCodePoint(point ?? 0xfffd);
    i += point === undefined ? 1 : size;
  }
  return text;
}

const LEAST_POINT = [0, 0, 0x80, 0x800, 0x10000];

function readPoint(bytes: Uint8Array, at: number, size: number): number | undefined {
  let point = size === 1 ? bytes[at]! : bytes[at]! & (0x7f >> size);
  for (let i = 1; i < size; i += 1) {
    const next = bytes[at + i];
    if (next === undefined || next >> 6 !== 2) return undefined;
    point = (point << 6) | (next & 63);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < LEAST_POINT[size]! || point > 0x10ffff || isSurrogate ? undefined : point;
}
