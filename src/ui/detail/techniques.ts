/** Techniques of MITRE ATT&CK that rules name in their tags, called by their names (attack.mitre.org, version 17). */
import { mitreTitle } from "../feed/mitre.ts";

const techniques: Readonly<Record<string, string>> = {
  T1005: "Data from Local System",
  T1036: "Masquerading",
  "T1036.005": "Match Legitimate Resource Name or Location",
  T1040: "Network Sniffing",
  "T1053.007": "Container Orchestration Job",
  "T1059.004": "Unix Shell",
  T1069: "Permission Groups Discovery",
  T1070: "Indicator Removal",
  T1078: "Valid Accounts",
  "T1078.001": "Default Accounts",
  "T1078.004": "Cloud Accounts",
  T1090: "Proxy",
  T1098: "Account Manipulation",
  "T1098.006": "Additional Container Cluster Roles",
  T1105: "Ingress Tool Transfer",
  T1110: "Brute Force",
  T1133: "External Remote Services",
  T1134: "Access Token Manipulation",
  T1136: "Create Account",
  T1190: "Exploit Public-Facing Application",
  T1204: "User Execution",
  T1485: "Data Destruction",
  T1496: "Resource Hijacking",
  T1499: "Endpoint Denial of Service",
  T1526: "Cloud Service Discovery",
  T1528: "Steal Application Access Token",
  "T1543.005": "Container Service",
  T1546: "Event Triggered Execution",
  "T1550.001": "Application Access Token",
  "T1552.001": "Credentials In Files",
  "T1552.005": "Cloud Instance Metadata API",
  "T1552.007": "Container API",
  T1557: "Adversary-in-the-Middle",
  "T1562.001": "Disable or Modify Tools",
  "T1562.007": "Disable or Modify Cloud Firewall",
  "T1562.008": "Disable or Modify Cloud Logs",
  T1572: "Protocol Tunneling",
  T1595: "Active Scanning",
  T1609: "Container Administration Command",
  T1610: "Deploy Container",
  T1611: "Escape to Host",
  T1613: "Container and Resource Discovery",
  T1649: "Steal or Forge Authentication Certificates",
};

/** `Escape to Host (T1611)`, `Privilege Escalation`; any other tag as it is. */
export function tagTitle(tag: string): string {
  const name = techniques[tag.toUpperCase()];
  return name === undefined ? mitreTitle(tag) : `${name} (${tag.toUpperCase()})`;
}

/** What the tag is of: a technique, a tactic, or something else. */
export function tagKind(tag: string): "technique" | "tactic" | "other" {
  if (/^T\d{4}(?:\.\d{3})?$/i.test(tag)) return "technique";
  return tag.startsWith("mitre_") ? "tactic" : "other";
}
