/**
 * The messages of SCRAM as text.
 * @see RFC 5802 section 7, RFC 7804
 */

/** `n,,n=<name>,r=<nonce>` */
export interface ClientFirst {
  readonly name: string;
  readonly nonce: string;
  /** Without its GS2 header: what is signed. */
  readonly bare: string;
}

/** `c=biws,r=<nonce>,p=<proof>` */
export interface ClientFinal {
  readonly nonce: string;
  /** Base64. */
  readonly proof: string;
  /** Up to the proof: what is signed. */
  readonly withoutProof: string;
}

/** Channel binding is not offered, so that only `n,,` and `y,,` are right. */
export function parseClientFirst(text: string): ClientFirst | undefined {
  const match = /^[ny],,(n=((?:[^,=]|=2C|=3D)+),r=([!-+\--~]+))$/.exec(text);
  if (match === null) return undefined;
  const [, bare = "", name = "", nonce = ""] = match;
  return { bare, nonce, name: name.replaceAll("=2C", ",").replaceAll("=3D", "=") };
}

export function serverFirst(nonce: string, saltBase64: string, iterations: number): string {
  return `r=${nonce},s=${saltBase64},i=${iterations}`;
}

/** `biws` and `eSws` are `n,,` and `y,,` in base64. */
export function parseClientFinal(text: string): ClientFinal | undefined {
  const match = /^(c=(?:biws|eSws),r=([!-+\--~]+)),p=([A-Za-z0-9+/]{43}=)$/.exec(text);
  if (match === null) return undefined;
  const [, withoutProof = "", nonce = "", proof = ""] = match;
  return { withoutProof, nonce, proof };
}

/** The parameters of an Authorization header of one scheme, names in lower case; undefined: another scheme, or unreadable. */
export function parseParameters(
  header: string | undefined,
  scheme: string,
): Readonly<Record<string, string>> | undefined {
  if (header === undefined) return undefined;
  const space = header.indexOf(" ");
  const named = space < 0 ? header : header.slice(0, space);
  if (named.toLowerCase() !== scheme.toLowerCase()) return undefined;
  const parameters: Record<string, string> = {};
  const rest = space < 0 ? "" : header.slice(space + 1);
  const one = /\s*([A-Za-z]+)\s*=\s*(?:"([^"\\]*)"|([^",\s]*))\s*(?:,|$)/y;
  while (one.lastIndex < rest.length) {
    const match = one.exec(rest);
    if (match === null) return {};
    const [, name = "", quoted, plain = ""] = match;
    parameters[name.toLowerCase()] = quoted ?? plain;
  }
  return parameters;
}
