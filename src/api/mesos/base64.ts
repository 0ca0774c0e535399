const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUE_OF = new Map(Array.from(ALPHABET).map((letter, value) => [letter, value]));

/** True for standard base64 with padding (the empty text included). */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** Number of bytes that base64 text stands for. */
export function base64ByteLength(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

export function encodeBase64(data: Uint8Array): string {
  let text = "";
  for (let i = 0; i < data.length; i += 3) {
    const left = data.length - i;
    const word = (data[i]! << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0);
    text += ALPHABET[word >> 18]! + ALPHABET[(word >> 12) & 63]!;
    text += left > 1 ? ALPHABET[(word >> 6) & 63]! : "=";
    text += left > 2 ? ALPHABET[word & 63]! : "=";
  }
  return text;
}

/** The bytes of valid base64 text; see {@link isBase64}. */
export function decodeBase64(text: string): Uint8Array {
  const data = new Uint8Array(base64ByteLength(text));
  let at = 0;
  for (let i = 0; i < text.length; i += 4) {
    const word =
      (valueAt(text, i) << 18) |
      (valueAt(text, i + 1) << 12) |
      (valueAt(text, i + 2) << 6) |
      valueAt(text, i + 3);
    if (at < data.length) data[at++] = word >> 16;
    if (at < data.length) data[at++] = (word >> 8) & 255;
    if (at < data.length) data[at++] = word & 255;
  }
  return data;
}

function valueAt(text: string, index: number): number {
  return VALUE_OF.get(text[index]!) ?? 0;
}
