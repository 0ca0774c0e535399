const OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`);

/** Whether the text is an IPv4 address in dotted decimals. */
export function isIPv4Text(text: string): boolean {
  return IPV4.test(text);
}
