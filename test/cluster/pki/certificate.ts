import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";
import { isIPv4 } from "node:net";
import * as der from "./der.ts";

/** A certificate with its private key, as PEM. */
export interface KeyedCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface CertificateAuthority extends KeyedCertificate {
  readonly commonName: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** Kubernetes reads these as the user's groups. */
  readonly organizations?: readonly string[];
  /** DNS names and IPv4 addresses that a server certificate is for. */
  readonly hosts?: readonly string[];
}

const ecdsaWithSha256 = der.sequence(der.oid("1.2.840.10045.4.3.2"));
const validityMs = 10 * 365 * 24 * 3_600_000;
const backdateMs = 3_600_000;

/** A new authority with its own P-256 key. */
export function createAuthority(commonName: string): CertificateAuthority {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = distinguishedName(commonName, []);
  const extensions = [
    extension("2.5.29.19", true, der.sequence(der.boolean(true))),
    // keyCertSign and cRLSign
    extension("2.5.29.15", true, der.bitString(Buffer.from([0x06]), 1)),
    subjectKeyId(publicKey),
  ];
  return {
    commonName,
    certificatePem: issue({ subject, issuer: subject, publicKey, signer: privateKey, extensions }),
    keyPem: exportKey(privateKey),
  };
}

/** A certificate for a client or a server (both uses are allowed), signed by `authority`. */
export function issueCertificate(
  authority: CertificateAuthority,
  request: CertificateRequest,
): KeyedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const hosts = request.hosts ?? [];
  const extensions = [
    // digitalSignature
    extension("2.5.29.15", true, der.bitString(Buffer.from([0x80]), 7)),
    extension(
      "2.5.29.37",
      false,
      der.sequence(der.oid("1.3.6.1.5.5.7.3.1"), der.oid("1.3.6.1.5.5.7.3.2")),
    ),
    authorityKeyId(createPublicKey(authority.certificatePem)),
    subjectKeyId(publicKey),
    ...(hosts.length > 0 ? [alternativeNames(hosts)] : []),
  ];
  return {
    certificatePem: issue({
      subject: distinguishedName(request.commonName, request.organizations ?? []),
      issuer: distinguishedName(authority.commonName, []),
      publicKey,
      signer: authority.keyPem,
      extensions,
    }),
    keyPem: exportKey(privateKey),
  };
}

interface Issuance {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject | string;
  readonly extensions: readonly Buffer[];
}

function issue(what: Issuance): string {
  const nowMs = Date.now();
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = der.sequence(
    der.context(0, der.integer(Buffer.from([2])), true),
    der.integer(serial),
    ecdsaWithSha256,
    what.issuer,
    der.sequence(der.time(new Date(nowMs - backdateMs)), der.time(new Date(nowMs + validityMs))),
    what.subject,
    what.publicKey.export({ type: "spki", format: "der" }),
    der.context(3, der.sequence(...what.extensions), true),
  );
  const signature = sign("sha256", body, what.signer);
  const base64 = der.sequence(body, ecdsaWithSha256, der.bitString(signature)).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  const part = (type: string, value: string): Buffer =>
    der.set(der.sequence(der.oid(type), der.utf8String(value)));
  return der.sequence(
    ...organizations.map((organization) => part("2.5.4.10", organization)),
    part("2.5.4.3", commonName),
  );
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIPv4(host)
      ? der.context(7, Buffer.from(host.split(".").map(Number)), false)
      : der.context(2, Buffer.from(host, "ascii"), false),
  );
  return extension("2.5.29.17", false, der.sequence(...names));
}

function subjectKeyId(key: KeyObject): Buffer {
  return extension("2.5.29.14", false, der.octetString(keyId(key)));
}

function authorityKeyId(key: KeyObject): Buffer {
  return extension("2.5.29.35", false, der.sequence(der.context(0, keyId(key), false)));
}

function keyId(key: KeyObject): Buffer {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return der.sequence(
    der.oid(id),
    ...(critical ? [der.boolean(true)] : []),
    der.octetString(value),
  );
}

function exportKey(key: KeyObject): string {
  // Kubernetes' service account signer reads SEC 1 or PKCS 8; SEC 1 suits every reader here.
  return key.export({ type: "sec1", format: "pem" }).toString();
}
