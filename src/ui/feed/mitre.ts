/** Tags of MITRE ATT&CK, called by their names (attack.mitre.org, Enterprise matrix, Containers). */

const tactics: Readonly<Record<string, string>> = {
  mitre_reconnaissance: "Reconnaissance",
  mitre_resource_development: "Resource Development",
  mitre_initial_access: "Initial Access",
  mitre_execution: "Execution",
  mitre_persistence: "Persistence",
  mitre_privilege_escalation: "Privilege Escalation",
  mitre_defense_evasion: "Defense Evasion",
  mitre_credential_access: "Credential Access",
  mitre_discovery: "Discovery",
  mitre_lateral_movement: "Lateral Movement",
  mitre_collection: "Collection",
  mitre_command_and_control: "Command and Control",
  mitre_exfiltration: "Exfiltration",
  mitre_impact: "Impact",
};

/** `Execution` for `mitre_execution`; a technique's number or any other tag as it is. */
export const mitreTitle = (tag: string): string => tactics[tag] ?? tag;
