/** What to look at where a cluster does not send: from the API server to here, in the order things break. */
import { Code, List, Text } from "@mantine/core";
import styles from "./integrations.module.css";

export function SilentHelp({ cluster }: { readonly cluster: string }) {
  return (
    <details>
      <summary className={styles.fold}>What to look at</summary>
      <List size="sm" spacing={2} type="ordered">
        <List.Item>
          The API server has both <Code>--audit-policy-file</Code> and <Code>--audit-webhook-config-file</Code>: without
          the policy nothing is ever sent, and no error says so.
        </List.Item>
        <List.Item>
          The kubeconfig's <Code>server</Code> is an address its host can reach: an API server cannot look up the
          cluster's own DNS names. Its path ends in <Code>/k8s_audit/{cluster}</Code>.
        </List.Item>
        <List.Item>
          <Code>kubectl get --raw /metrics | grep apiserver_audit</Code>: if <Code>apiserver_audit_error_total</Code>{" "}
          grows, it sends and is not answered well (TLS, token, firewall).
        </List.Item>
        <List.Item>
          The token in the kubeconfig is this cluster's: a wrong one is refused with 401 and counted here.
        </List.Item>
        <List.Item>
          Files are read once: after a change of kubeconfig or policy the API server must start anew.
        </List.Item>
      </List>
      <Text size="sm" c="dimmed" mt={4}>
        Batches may take up to <Code>--audit-webhook-batch-max-wait</Code> (30 s unless told) to come.
      </Text>
    </details>
  );
}
